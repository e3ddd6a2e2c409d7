// @ts-check
/** Anthropic's Messages API, as far as Claude Code uses it. Source: its public API reference */
import { argumentsFor, stepAfter, TOOL_NAMES } from './script.mjs';

/** @typedef {{ name: string, input_schema?: { properties?: Record<string, unknown> } }} Tool */

/** @param {string} path */
export const isMine = (path) => path.startsWith('/v1/messages');

/**
 * @param {string} path
 * @param {any} body
 * @param {string} dir
 */
export function answer(path, body, dir) {
  if (path.includes('count_tokens')) return { json: { input_tokens: 100 } };
  /** @type {Tool[]} */
  const tools = body.tools ?? [];
  const results = body.messages
    .flatMap((/** @type {any} */ message) =>
      Array.isArray(message.content) ? message.content : [],
    )
    .filter((/** @type {any} */ part) => part.type === 'tool_result');
  const step = stepAfter(dir, results.length);
  // Titles and the like are asked for without tools.
  const tool =
    step.do === 'say' ? undefined : tools.find(({ name }) => TOOL_NAMES[step.do].test(name));
  const block =
    tool === undefined
      ? { type: 'text', text: step.do === 'say' ? step.text : 'A title' }
      : {
          type: 'tool_use',
          id: `toolu_${results.length}`,
          name: tool.name,
          input: argumentsFor(step, tool.input_schema?.properties ?? {}),
        };
  return { ...page(body, block), results };
}

/**
 * @param {any} body
 * @param {any} block
 */
function page(body, block) {
  const stop = block.type === 'tool_use' ? 'tool_use' : 'end_turn';
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body.model,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 10 },
  };
  if (body.stream !== true) return { json: { ...message, content: [block], stop_reason: stop } };
  const isTool = block.type === 'tool_use';
  const delta = isTool
    ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
    : { type: 'text_delta', text: block.text };
  const start = isTool ? { ...block, input: {} } : { type: 'text', text: '' };
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: start },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { output_tokens: 10 },
    },
    { type: 'message_stop' },
  ];
  return {
    events: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  };
}
