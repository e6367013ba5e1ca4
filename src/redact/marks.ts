/** The attribute with the names of the rules that changed a record, resource or scope. */
export const REDACTED_BY = 'sojourn.redaction.rules';

/** The name there of records whose content has gone by retention. */
export const RETENTION_RULE = 'retention';
