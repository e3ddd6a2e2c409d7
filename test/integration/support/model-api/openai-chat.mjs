// @ts-check
/** OpenAI's Chat Completions, as far as Qwen Code uses it. Source: its public API reference */
import { argumentsFor, stepAfter, TOOL_NAMES } from './script.mjs';

/** @param {string} path */
export const isMine = (path) => path.endsWith('/chat/completions');

/**
 * @param {string} _path
 * @param {any} body
 * @param {string} dir
 */
export function answer(_path, body, dir) {
  const results = body.messages.filter((/** @type {any} */ message) => message.role === 'tool');
  const step = stepAfter(dir, results.length);
  const tools = (body.tools ?? []).map((/** @type {any} */ tool) => tool.function);
  const tool =
    step.do === 'say'
      ? undefined
      : tools.find((/** @type {any} */ { name }) => TOOL_NAMES[step.do].test(name));
  const call = tool && {
    index: 0,
    id: `call_${results.length}`,
    type: 'function',
    function: {
      name: tool.name,
      arguments: JSON.stringify(argumentsFor(step, tool.parameters?.properties ?? {})),
    },
  };
  const text = step.do === 'say' ? step.text : 'A title';
  const message = call
    ? { role: 'assistant', content: null, tool_calls: [call] }
    : { role: 'assistant', content: text };
  const finish_reason = call ? 'tool_calls' : 'stop';
  const base = { id: 'chat_1', created: 1, model: body.model };
  const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
  if (body.stream !== true) {
    const choices = [{ index: 0, message, finish_reason }];
    return { json: { ...base, object: 'chat.completion', choices, usage }, results };
  }
  const chunk = (/** @type {any} */ delta, /** @type {string | null} */ reason) => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const chunks = [
    chunk(message, null),
    chunk({}, finish_reason),
    { ...base, object: 'chat.completion.chunk', choices: [], usage },
  ];
  const events = chunks.map((part) => `data: ${JSON.stringify(part)}\n\n`);
  return { events: [...events, 'data: [DONE]\n\n'], results };
}
