"use strict";

const { createBackendModule } = require("@backstage/backend-plugin-api");
const { createTemplateAction, scaffolderActionsExtensionPoint } = require("@backstage/plugin-scaffolder-node");
const { FOLDER, renderService } = require("./new.js");

/** The action: its input are the answers, by the names that copier.yml has. */
const action = createTemplateAction({
  id: "paviour:new",
  description: "Renders a service of the paved road, as `paviour new` does.",
  schema: {
    input: {
      answers: (z) =>
        z.record(z.string(), z.string()).describe("The answers to the questions of copier.yml; `service` is the least."),
      openapi: (z) => z.string().optional().describe("The contract, if `contract` is `own`."),
    },
    output: { folder: (z) => z.string().describe("Where in the workspace the service is.") },
  },
  async handler(context) {
    const { answers, openapi } = context.input;
    await renderService(answers, openapi, context.workspacePath, context.logger);
    context.output("folder", FOLDER);
  },
});

/** Adds the action: `backend.add(import("@paviour/backstage-plugin-scaffolder-backend-module"))`. */
module.exports.default = createBackendModule({
  pluginId: "scaffolder",
  moduleId: "paviour",
  register(registry) {
    registry.registerInit({
      deps: { scaffolder: scaffolderActionsExtensionPoint },
      async init({ scaffolder }) {
        scaffolder.addActions(action);
      },
    });
  },
});
module.exports.action = action;
