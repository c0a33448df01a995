/** What an orchestrator asks: does the process run, and can it serve. */

import type { Lifecycle } from "./lifecycle.ts";
import { logger } from "./logs.ts";
import { Unavailable } from "./problems.ts";

type Check = () => Promise<void>;

const CHECK_MILLISECONDS = 3000;

/** Resolves where the service can serve. Throws Unavailable, naming each part whose check rejects. */
export async function ready(lifecycle: Lifecycle, checks: Readonly<Record<string, Check>>): Promise<void> {
    if (lifecycle.stopping) {
        throw new Unavailable("The service is stopping.");
    }
    const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => ((await passes(name, check)) ? [] : [name])),
    );
    const failed = results.flat();
    if (failed.length > 0) {
        throw new Unavailable(`Not ready: ${failed.join(", ")}.`);
    }
}

async function passes(name: string, check: Check): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("took too long")), CHECK_MILLISECONDS);
    });
    try {
        await Promise.race([check(), late]);
        return true;
    } catch (error) {
        logger("health").warn(`The check ${name} failed: ${(error as Error).name}`);
        return false;
    } finally {
        clearTimeout(timer);
    }
}
