/** The form of a project's name. It is safe in headers, paths and shells. */
export const PROJECT_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** Describes `PROJECT_NAME` to people. */
export const PROJECT_NAME_RULE = '1 to 64 lower-case letters, digits, dots, hyphens and underscores';

/** The header with which a caller of all projects chooses one. */
export const PROJECT_HEADER = 'x-sojourn-project';
