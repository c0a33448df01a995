/** Keywords of JSON Schema that Ajv has in another form than the strict profile wants them. */

import { _, type CodeKeywordDefinition, type FuncKeywordDefinition, type KeywordCxt } from "ajv";
import { not } from "ajv/dist/compile/codegen/index.js";

type Keyword = CodeKeywordDefinition | FuncKeywordDefinition;

const ANY_OF: Keyword = {
    keyword: "anyOf",
    schemaType: "array",
    trackErrors: true,
    error: { message: "does not match any of the alternatives" },
    code(cxt: KeywordCxt) {
        const { gen, schema, keyword } = cxt;
        const valid = gen.let("valid", false);
        const one = gen.name("_valid");
        gen.block(() => {
            for (let at = 0; at < schema.length; at++) {
                const alternative = cxt.subschema({ keyword, schemaProp: at, compositeRule: true }, one);
                gen.assign(valid, _`${valid} || ${one}`);
                if (!cxt.mergeValidEvaluated(alternative, one)) {
                    gen.if(not(valid));
                }
            }
        });
        onlyItself(cxt, valid);
    },
};

const ONE_OF: Keyword = {
    keyword: "oneOf",
    schemaType: "array",
    trackErrors: true,
    error: { message: "does not match exactly one of the alternatives" },
    code(cxt: KeywordCxt) {
        const { gen, schema, keyword } = cxt;
        const valid = gen.let("valid", false);
        const passing = gen.let("passing", null);
        const one = gen.name("_valid");
        gen.block(() => {
            for (let at = 0; at < schema.length; at++) {
                const alternative = cxt.subschema({ keyword, schemaProp: at, compositeRule: true }, one);
                if (at > 0) {
                    gen.if(_`${one} && ${valid}`).assign(valid, false).assign(passing, _`[${passing}, ${at}]`).else();
                }
                gen.if(one, () => {
                    gen.assign(valid, true);
                    gen.assign(passing, at);
                    cxt.mergeEvaluated(alternative);
                });
            }
        });
        onlyItself(cxt, valid);
    },
};

/** One fault for the keyword, and none for the alternatives: which of them was meant, nobody knows. */
function onlyItself(cxt: KeywordCxt, valid: Parameters<KeywordCxt["result"]>[0]): void {
    cxt.result(
        valid,
        () => cxt.reset(),
        () => {
            cxt.reset();
            cxt.error();
        },
    );
}

/** Exact: by the decimals that the numbers are written with, not by a division of doubles. */
const MULTIPLE_OF: Keyword = {
    keyword: "multipleOf",
    type: "number",
    schemaType: "number",
    error: { message: "is not a multiple of what it has to be" },
    validate: (step: number, value: number) => isMultiple(value, step),
    errors: false,
};

export const KEYWORDS: readonly Keyword[] = [ANY_OF, ONE_OF, MULTIPLE_OF];

function isMultiple(value: number, step: number): boolean {
    if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) {
        return value % step === 0;
    }
    const [one, other] = [decimal(value), decimal(step)];
    const exponent = Math.min(one.exponent, other.exponent);
    const scaled = (number: Decimal) => number.digits * 10n ** BigInt(number.exponent - exponent);
    return scaled(one) % scaled(other) === 0n;
}

interface Decimal {
    readonly digits: bigint;
    readonly exponent: number;
}

/** A finite number as `digits * 10 ** exponent`. */
function decimal(number: number): Decimal {
    if (Number.isInteger(number)) {
        return { digits: BigInt(number), exponent: 0 };
    }
    const [, whole = "", fraction = "", power = "0"] =
        /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(number)) ?? [];
    return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}
