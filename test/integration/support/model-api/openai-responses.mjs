// @ts-check
/** OpenAI's Responses API, as far as Codex uses it. Source: its public API reference */
import { argumentsFor, stepAfter, TOOL_NAMES } from './script.mjs';

/** @param {string} path */
export const isMine = (path) => path.endsWith('/responses');

/**
 * @param {string} _path
 * @param {any} body
 * @param {string} dir
 */
export function answer(_path, body, dir) {
  const results = body.input.filter((/** @type {any} */ item) => /_call_output$/u.test(item.type));
  const step = asCommand(stepAfter(dir, results.length));
  const tool =
    step.do === 'say'
      ? undefined
      : (body.tools ?? []).find((/** @type {any} */ { name = '' }) => TOOL_NAMES.run.test(name));
  const item = tool
    ? {
        type: 'function_call',
        id: `fc_${results.length}`,
        call_id: `call_${results.length}`,
        name: tool.name,
        arguments: JSON.stringify(commandFor(step, tool)),
        status: 'completed',
      }
    : {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [
          { type: 'output_text', text: step.do === 'say' ? step.text : 'A title', annotations: [] },
        ],
      };
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 10,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 20,
  };
  const response = { id: 'resp_1', object: 'response', model: body.model, output: [item], usage };
  const events = [
    { type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed' } },
  ];
  return {
    events: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    results,
  };
}

/**
 * Codex reads and edits with commands.
 * @param {import('./script.mjs').Step} step
 * @returns {import('./script.mjs').Step}
 */
function asCommand(step) {
  if (step.do === 'read') return { do: 'run', command: `cat '${step.file}'` };
  if (step.do === 'edit') {
    return { do: 'run', command: `sed -i 's/${step.from}/${step.to}/' '${step.file}'` };
  }
  return step;
}

/**
 * One version takes a text, another a list of words.
 * @param {import('./script.mjs').Step} step
 * @param {any} tool
 */
function commandFor(step, tool) {
  const properties = tool.parameters?.properties ?? {};
  const given = argumentsFor(step, properties);
  if (step.do === 'run' && properties.command?.type === 'array') {
    return { ...given, command: ['bash', '-c', step.command] };
  }
  return given;
}
