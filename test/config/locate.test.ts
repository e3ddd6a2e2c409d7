import { describe, expect, it } from 'vitest';
import { locateKey } from '../../src/config/locate.ts';

const TEXT = `# a = 1
title = """
[network]
mode = "no"
"""
engine.socket = '/x' # "
"odd key" = { deep = 1 }

[network] # comment
  list = [ "a]", # ]
    'mode = 1',
  ]
  mode = "offline"

[[many.times]]
x = 1
`;

describe('locateKey', () => {
  it.each([
    [['title'], { line: 2, column: 1 }],
    [['engine', 'socket'], { line: 6, column: 1 }],
    [['odd key'], { line: 7, column: 1 }],
    [['network'], { line: 9, column: 2 }],
    [['network', 'mode'], { line: 13, column: 3 }],
    [['many', 'times', 'x'], { line: 16, column: 1 }],
  ])('finds %j', (path, position) => {
    expect(locateKey(TEXT, path)).toEqual(position);
  });

  it('points to the table for a key inside an inline one', () => {
    expect(locateKey(TEXT, ['odd key', 'deep'])).toEqual({ line: 7, column: 1 });
  });

  it('finds nothing where nothing is', () => {
    expect(locateKey(TEXT, ['absent'])).toBeUndefined();
    expect(locateKey('', ['a'])).toBeUndefined();
  });

  it('ends on text that is no TOML at all', () => {
    expect(locateKey('= = = [[[ """', ['a'])).toBeUndefined();
  });
});
