"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs/promises");
const path = require("node:path");

/** Where in the task's workspace the service is afterwards. */
const FOLDER = "service";

/** The arguments of `paviour` for these answers; what was left empty keeps its default. */
function commandLine(answers, folder, contract) {
  const { service, contract: _, ...others } = answers;
  const given = Object.entries(others).filter(([, answer]) => answer !== undefined && answer !== "");
  const options = given.map(([name, answer]) => `--${name.replaceAll("_", "-")}=${answer}`);
  const own = contract === undefined ? [] : [`--contract=${contract}`];
  return ["new", "--no-lock", `--into=${folder}`, ...own, ...options, "--", service];
}

/** Run `paviour new`; `openapi` is the text of the contract, if it is the service's own. Rejects with its one line. */
async function renderService(answers, openapi, workspace, logger) {
  const folder = path.join(workspace, FOLDER);
  if (answers.contract !== "own") {
    return run(commandLine(answers, folder), logger);
  }
  const contract = path.join(workspace, "openapi.yaml");
  await fs.writeFile(contract, openapi ?? "");
  try {
    await run(commandLine(answers, folder, contract), logger);
  } finally {
    await fs.rm(contract);
  }
}

function run(commandLine, logger) {
  return new Promise((resolve, reject) => {
    // No shell: an answer is an argument, whatever it contains.
    const child = spawn("paviour", commandLine, { stdio: ["ignore", "pipe", "pipe"] });
    let complaint = "";
    child.stdout.on("data", (text) => logger.info(String(text).trimEnd()));
    child.stderr.on("data", (text) => {
      complaint += text;
    });
    child.on("error", () => reject(new Error("paviour is not installed where the scaffolder runs: uv tool install paviour")));
    child.on("close", (status) => (status === 0 ? resolve() : reject(new Error(complaint.trim()))));
  });
}

module.exports = { FOLDER, commandLine, renderService };
