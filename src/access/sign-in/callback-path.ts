/** Path of the address to which the provider of OpenID Connect sends browsers back. */
export const OIDC_CALLBACK = '/api/v1/sign-in/callback';
