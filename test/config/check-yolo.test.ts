import { expect, it } from 'vitest';
import { checkYolo } from '../../src/config/check-yolo.ts';
import { parseConfig } from '../../src/config/parse.ts';

const check = (text: string) =>
  checkYolo(parseConfig({ path: '/c.toml', text, home: '/home/me' }), ['gemini', 'claude']);

it.each(['["gemini", "Claude"]', '["all"]', '["ALL"]', '[]'])('takes %s', (agents) => {
  expect(check(`yolo.agents = ${agents}`)).toBeUndefined();
});

it("takes the user's own agents", () => {
  expect(check('yolo.agents = ["mine"]\n[agents.mine]\ncommand = "mine"')).toBeUndefined();
});

it('finds what is no agent, with the one that was probably meant', () => {
  expect(check('yolo.agents = ["claude", "Gemni"]')).toEqual({
    path: ['yolo', 'agents'],
    message: 'yolo.agents: expected names of agents, found the text "Gemni"',
    hint: 'did you mean "gemini"?',
  });
  expect(check('yolo.agents = ["xyzzy"]')?.hint).toBe('agents: gemini, claude, all');
});
