import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, mkdtempSync } from 'node:fs';
const dir = mkdtempSync('/work/w/visitfold/.tmp/data-');
const p = spawn(process.execPath, ['dist/src/cli/sojourn.js','serve','--data',dir,'--port','0','--grpc-port','0'], { cwd:'/work/w/visitfold' });
let out=''; p.stdout.on('data',d=>out+=d); p.stderr.on('data',d=>out+=d);
let base; for (let i=0;i<100&&!base;i++){ await new Promise(r=>setTimeout(r,200)); base=/http:\/\/[\w.\[\]]+:\d+/.exec(out)?.[0]; }
console.log(base ?? out);
base = base.replace('0.0.0.0','127.0.0.1');
for (const sdk of ['opentelemetry','faro','honeycomb','splunk','hyperdx','logfire','dash0']) {
  for (const f of readdirSync(`/work/w/recordings/${sdk}`).filter(f=>f.endsWith('.json')).sort()) {
    const sig=/traces/.test(f)?'traces':/logs/.test(f)?'logs':undefined; if(!sig) continue;
    const r=await fetch(`${base}/v1/${sig}`,{method:'POST',headers:{'content-type':'application/json'},body:readFileSync(`/work/w/recordings/${sdk}/${f}`)}); if(r.status!==200) console.log(sdk,f,r.status,await r.text());
  }
}
await new Promise(r=>setTimeout(r,1500));
const get=async p=>(await fetch(base+p)).json();
for (const s of (await get('/api/v1/sessions?limit=50')).items) console.log(s.services.join(), s.span_count, JSON.stringify([s.visit,s.vitals,s.release,s.device_model,s.os_version,s.connection,s.client?.os]));
console.log(JSON.stringify((await get('/api/v1/sessions/facets')).releases));
for (const q of ['url=/checkout','url=/thanks','url=http://127.0.0.1:4','release=1.2.3','url=/nope']) console.log(q,(await get('/api/v1/sessions?'+q)).items.length);
if (process.argv[2]==='shot') { const { chromium } = await import('playwright-core'); const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']}); const pg=await b.newPage({viewport:{width:1280,height:800}}); const id=(await get('/api/v1/sessions?url=/thanks')).items[0]['session.id']; await pg.goto(`${base}/sessions/${id}`); await pg.waitForSelector('.vitals'); await pg.screenshot({path:'.tmp/shot.png'}); await b.close(); }
p.kill('SIGTERM');
