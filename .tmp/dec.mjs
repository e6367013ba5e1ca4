const roots = [process.argv[2], process.argv[3]]; const kind=process.argv[4]??'web'; const N=60;
const mods = [];
for (const r of roots) { const imp=(p)=>import(`${r}/dist/${p}`); const { createNormalizer } = await imp('src/normalize/create.js'); const { decodeTraces } = await imp('src/otlp/decode.js'); mods.push({ n: await createNormalizer({ userIds:'keep', userIdKey: Buffer.alloc(32,1), clientIp:'keep', geoDatabase: undefined }), decodeTraces }); }
const { openStream } = await import(`${roots[0]}/dist/bench/generate/open-stream.js`);
const s = openStream({ kind, stream: 0, seed: 1, timeMs: 1795000000000 });
const reqs=[]; for(let i=0;i<N*14;i++) reqs.push(Buffer.from(s.next().body));
const sum=[0,0]; let spans=0;
for (let round=0; round<14; round++) for (const m of round%2?[0,1]:[1,0]) { const c0=process.cpuUsage(); for (let i=0;i<N;i++){ const {batch}=mods[m].decodeTraces(reqs[round*N+i],mods[m].n,{maxRecords:1e6,maxAttributesPerRecord:1000}); if(m===0&&round>3) spans+=batch.count; } const c=process.cpuUsage(c0); if(round>3) sum[m]+=c.user+c.system; }
console.log(kind,'µs/span base',(sum[0]/spans).toFixed(2),'new',(sum[1]/spans).toFixed(2),'ratio',(sum[1]/sum[0]).toFixed(3));
