import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, mistakeIn, symptomsOf, withSymptoms } from "../src/symptoms.ts";

const file = (front: string) => `---\nid: a\n${front}match:\n  alerts: [X]\n---\n# A\n\nsymptoms:\n  - not these\n`;

test("symptoms are read as they are written", () => {
  assert.deepEqual(symptomsOf(file("")), []);
  assert.deepEqual(symptomsOf(file("symptoms:\n  - No wifi\n  - \"a: \\\"b\\\"\"\n  - 'it''s off'\n")), ["No wifi", 'a: "b"', "it's off"]);
});

test("other forms of a list are left to the text", () => {
  for (const front of ["symptoms: [a, b]\n", "symptoms:\n  - a: b\n", "symptoms:\n  - a # b\n", "symptoms:\n  - |\n    a\n", "symptoms:\n  - 'a\n", "symptoms:\n  - \"a\n"])
    assert.equal(symptomsOf(file(front)), null, front);
  assert.equal(symptomsOf("# no front matter"), null);
});

test("what is written is read again, and nothing else changes", () => {
  const symptoms = ["No wifi", "error: no space", "100 %", "no", "# x", "$1 $& it's", 'say "hi"', "C:\\x", "- dash", "größer (neu)"];
  for (const source of [file(""), file("symptoms:\n  - old\n  - older\n"), file("symptoms:\n- old\n")]) {
    const changed = withSymptoms(source, symptoms);
    assert.deepEqual(symptomsOf(changed), symptoms);
    assert.equal(withSymptoms(changed, []), file(""));
  }
});

test("mistakes are found", () => {
  assert.deepEqual(linesOf(" a \n\n b\r\n"), ["a", "b"]);
  assert.equal(mistakeIn(["a", "b"]), null);
  assert.equal(mistakeIn(["Wifi", "wifi"]), "symptom_twice");
  assert.equal(mistakeIn(["x".repeat(201)]), "symptom_long");
  assert.equal(mistakeIn(Array.from({ length: 41 }, (_, n) => `s${n}`)), "symptoms_many");
});
