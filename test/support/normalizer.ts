import { createNormalizer } from '../../src/normalize/create.js';

/** A normalizer that keeps user ids and addresses as they are, and has no geo database. */
export function plainNormalizer(): ReturnType<typeof createNormalizer> {
  return createNormalizer({
    userIds: 'keep',
    userIdKey: new Uint8Array(32),
    clientIp: 'keep',
    geoDatabase: undefined,
  });
}
