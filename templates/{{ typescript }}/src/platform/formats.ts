/** The formats of JSON Schema 2020-12 that are asserted, each by the grammar of its standard. */

import { isIPv4, isIPv6 } from "node:net";

type Format = RegExp | ((text: string) => boolean);

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:z|([+-])(\d{2}):(\d{2}))$/i;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LABEL = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const QUOTED_LOCAL = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/;
// RFC 3986, appendix A.
const CHARACTER = "[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}";
const SCHEME = "[A-Za-z][A-Za-z0-9+.-]*";
const URI_REFERENCE = new RegExp(
    `^(?:(?<scheme>${SCHEME}):)?(?:(?://(?<authority>[^/?#]*)(?:/(?:${CHARACTER})*)*)|(?<path>(?:${CHARACTER}|/)*))` +
        `(?:\\?(?:${CHARACTER}|[/?])*)?(?:#(?:${CHARACTER}|[/?])*)?$`,
);
const AUTHORITY =
    /^(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(?<host>\[[^\]]*\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/;
const FUTURE_ADDRESS = /^v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+$/i;
const NO_ASCII = /[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]|[\u{10000}-\u{10ffff}]/gu;
const POINTER = /^(?:\/(?:[^~/]|~0|~1)*)*$/;
const DURATION =
    /^P(?!$)(?:\d+W|(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?=\d)(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/;
const EXPRESSION =
    /^\{[+#./;?&]?(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+(?:\*|:[1-9]\d{0,3})?(?:,(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+(?:\*|:[1-9]\d{0,3})?)*\}$/;

function isDate(text: string): boolean {
    const found = DATE.exec(text);
    if (found === null) {
        return false;
    }
    const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
    const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return month >= 1 && month <= 12 && day >= 1 && day <= (DAYS[month - 1] as number) + (leap ? 1 : 0);
}

function isTime(text: string): boolean {
    const found = TIME.exec(text);
    if (found === null) {
        return false;
    }
    const [hour, minute, second] = [Number(found[1]), Number(found[2]), Number(found[3])];
    const [offsetHour, offsetMinute] = [Number(found[5] ?? 0), Number(found[6] ?? 0)];
    if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) {
        return false;
    }
    // A leap second is the last one of a day in UTC (RFC 3339, section 5.7).
    const offset = (found[4] === "-" ? -1 : 1) * (offsetHour * 60 + offsetMinute);
    return second < 60 || (((hour * 60 + minute - offset) % 1440) + 1440) % 1440 === 1439;
}

function isDateTime(text: string): boolean {
    return (text[10] === "T" || text[10] === "t") && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

function isHostname(text: string): boolean {
    return text.length <= 253 && text.split(".").every((label) => LABEL.test(label));
}

function isEmail(text: string): boolean {
    const at = text.lastIndexOf("@");
    const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || !(LOCAL.test(local) || QUOTED_LOCAL.test(local))) {
        return false;
    }
    if (!domain.startsWith("[")) {
        return isHostname(domain);
    }
    const literal = domain.slice(1, -1);
    return domain.endsWith("]") && (isIPv4(literal) || (/^IPv6:/i.test(literal) && isAddress6(literal.slice(5))));
}

/** Without a zone, which has no place in the grammar (RFC 4291, section 2.2). */
function isAddress6(text: string): boolean {
    return !text.includes("%") && isIPv6(text);
}

function isUriReference(text: string): boolean {
    const parts = URI_REFERENCE.exec(text)?.groups;
    if (parts === undefined) {
        return false;
    }
    const { scheme, authority, path } = parts;
    if (authority === undefined) {
        // Without a scheme a colon in the first segment would end one (section 4.2); two slashes begin an authority.
        return !path?.startsWith("//") && (scheme !== undefined || !path?.split("/")[0]?.includes(":"));
    }
    const host = AUTHORITY.exec(authority)?.groups?.host;
    if (host?.startsWith("[")) {
        const literal = host.slice(1, -1);
        return isAddress6(literal) || FUTURE_ADDRESS.test(literal);
    }
    return host !== undefined;
}

function isUri(text: string): boolean {
    return new RegExp(`^${SCHEME}:`).test(text) && isUriReference(text);
}

/** The same with characters beyond ASCII (RFC 3987): as if each were one that is admitted. */
function asUri(text: string): string {
    return text.replace(NO_ASCII, "x");
}

function isExpression(text: string): boolean {
    try {
        new RegExp(text, "u");
        return true;
    } catch {
        return false;
    }
}

function isUriTemplate(text: string): boolean {
    return text.split(/(\{[^}]*\}?)/).every((part, at) => {
        return at % 2 === 1 ? EXPRESSION.test(part) : !/[\p{Cc} "'<>\\^`{|}]|%(?![0-9A-Fa-f]{2})/u.test(part);
    });
}

export const FORMATS: Readonly<Record<string, Format>> = {
    date: isDate,
    time: isTime,
    "date-time": isDateTime,
    duration: DURATION,
    email: isEmail,
    "idn-email": (text) => isEmail(asUri(text)),
    hostname: isHostname,
    "idn-hostname": (text) => isHostname(asUri(text)),
    ipv4: (text) => isIPv4(text),
    ipv6: isAddress6,
    uri: isUri,
    "uri-reference": isUriReference,
    iri: (text) => isUri(asUri(text)),
    "iri-reference": (text) => isUriReference(asUri(text)),
    "uri-template": isUriTemplate,
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    "json-pointer": POINTER,
    "relative-json-pointer": /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/,
    regex: isExpression,
};
