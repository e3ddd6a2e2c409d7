import type { Agent } from './agent.ts';

/**
 * Qwen Code, from npm. It reads the first `.env` above its directory, so a project's file can redirect
 * it: the network policy is what holds then.
 */
export const qwen = {
  name: 'qwen',
  title: 'Qwen Code',
  install: { kind: 'npm', package: '@qwen-code/qwen-code', version: '*' },
  command: 'qwen',
  stateDirs: ['.qwen'],
  rulesFile: '.qwen/QWEN.md',
  loginFiles: ['.qwen/oauth_creds.json'],
  env: { QWEN_CODE_NO_RELAUNCH: 'true' },
  yolo: { words: ['--yolo'], decided: ['-y', '--yolo', '--approval-mode'], env: {} },
  secrets: ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY'],
  domains: [
    'chat.qwen.ai',
    'portal.qwen.ai',
    'dashscope.aliyuncs.com',
    'dashscope-intl.aliyuncs.com',
  ],
} as const satisfies Agent;
