// @ts-check
/** Google's Generative Language API, as far as Gemini CLI uses it. Source: its public API reference */
import { argumentsFor, stepAfter, TOOL_NAMES } from './script.mjs';

/** @param {string} path */
export const isMine = (path) =>
  /:(?:streamGenerateContent|generateContent|countTokens)/u.test(path);

/**
 * @param {string} path
 * @param {any} body
 * @param {string} dir
 */
export function answer(path, body, dir) {
  if (path.includes(':countTokens')) return { json: { totalTokens: 100 } };
  const parts = body.contents.flatMap((/** @type {any} */ content) => content.parts ?? []);
  const results = parts.filter((/** @type {any} */ part) => part.functionResponse !== undefined);
  const step = stepAfter(dir, results.length);
  const tools = (body.tools ?? []).flatMap(
    (/** @type {any} */ tool) => tool.functionDeclarations ?? [],
  );
  const tool =
    step.do === 'say'
      ? undefined
      : tools.find((/** @type {any} */ { name }) => TOOL_NAMES[step.do].test(name));
  const part = tool
    ? { functionCall: { name: tool.name, args: argumentsFor(step, propertiesOf(tool)) } }
    : { text: step.do === 'say' ? step.text : plainAnswer(body) };
  const reply = {
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 10, totalTokenCount: 20 },
  };
  if (!path.includes(':streamGenerateContent')) return { json: reply, results };
  return { events: [`data: ${JSON.stringify(reply)}\n\n`], results };
}

/** @param {any} tool */
function propertiesOf(tool) {
  return (tool.parametersJsonSchema ?? tool.parameters)?.properties ?? {};
}

/**
 * It asks for JSON when it chooses a model or looks who speaks next.
 * @param {any} body
 */
function plainAnswer(body) {
  if (body.generationConfig?.responseMimeType !== 'application/json') return 'A title';
  return JSON.stringify({
    reasoning: 'simple',
    model_choice: 'flash',
    complexity_score: 1,
    complexity_reasoning: 'simple',
    next_speaker: 'user',
  });
}
