/** Compares two definitions of a tool line by line. */

export interface Line {
  text: string;
  /** Whether the other side has the line too, in the same order. */
  isCommon: boolean;
}

/** Above this product of lines the sides are not compared: all lines that differ in place are marked. */
const MOST_CELLS = 4_000_000;

/** Return the lines of both texts, and which of them both have: a longest common subsequence. */
export function compared(accepted: string, now: string): { before: Line[]; after: Line[] } {
  const first = accepted ? accepted.split("\n") : [];
  const second = now ? now.split("\n") : [];
  const common = first.length * second.length > MOST_CELLS ? inPlace(first, second) : subsequence(first, second);
  const firsts = new Set(common.map(([one]) => one));
  const seconds = new Set(common.map(([, other]) => other));
  return {
    before: first.map((text, at) => ({ text, isCommon: firsts.has(at) })),
    after: second.map((text, at) => ({ text, isCommon: seconds.has(at) })),
  };
}

function inPlace(first: string[], second: string[]): [number, number][] {
  return first.flatMap((text, at): [number, number][] => (second[at] === text ? [[at, at]] : []));
}

/** Return the positions of the lines that both have. */
function subsequence(first: string[], second: string[]): [number, number][] {
  const width = second.length + 1;
  const longest = new Uint16Array((first.length + 1) * width);
  for (let one = first.length - 1; one >= 0; one -= 1) {
    for (let other = second.length - 1; other >= 0; other -= 1) {
      longest[one * width + other] =
        first[one] === second[other]
          ? longest[(one + 1) * width + other + 1]! + 1
          : Math.max(longest[(one + 1) * width + other]!, longest[one * width + other + 1]!);
    }
  }
  const found: [number, number][] = [];
  for (let one = 0, other = 0; one < first.length && other < second.length; ) {
    if (first[one] === second[other]) found.push([one++, other++]);
    else if (longest[(one + 1) * width + other]! >= longest[one * width + other + 1]!) one += 1;
    else other += 1;
  }
  return found;
}
