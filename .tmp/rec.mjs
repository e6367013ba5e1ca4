import { readdirSync, readFileSync } from 'node:fs';
import { decodeRequest } from '../dist/src/otlp/decode-request.js';
import { createNormalizer } from '../dist/src/normalize/create.js';
const n = await createNormalizer({ userIds:'keep', userIdKey: Buffer.alloc(32,1), clientIp:'keep', geoDatabase: undefined });
for (const sdk of process.argv.slice(2)) for (const f of readdirSync(`/work/w/recordings/${sdk}`).filter(f=>f.endsWith('.json'))) {
  const sig = /traces/.test(f)?'traces':/logs/.test(f)?'logs':undefined; if(!sig) continue;
  const body = readFileSync(`/work/w/recordings/${sdk}/${f}`);
  const { batch } = decodeRequest(sig,'json',body,n,{maxRecords:100000,maxAttributesPerRecord:1000});
  for (let i=0;i<batch.count;i++) { const v=batch.visit[i]; if (v>=0) console.log(sdk,f.slice(0,12),JSON.stringify(batch.visits[v])); }
}
