// Prints a package-lock.json with one line per package, without URLs and licenses.
"use strict";
const { packages, ...head } = JSON.parse(require("fs").readFileSync(process.argv[2]));
const LEFT_OUT = ["resolved", "license", "engines", "funding", "deprecated", "workspaces"];

const lines = Object.entries(packages).map(([name, entry]) => {
    const kept = Object.entries(entry).filter(([key]) => !LEFT_OUT.includes(key));
    return `    ${JSON.stringify(name)}: ${JSON.stringify(Object.fromEntries(kept))}`;
});
const heads = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
process.stdout.write(`{\n${heads.join("")}  "packages": {\n${lines.join(",\n")}\n  }\n}\n`);
