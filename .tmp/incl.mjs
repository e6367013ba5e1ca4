import { readFileSync } from 'node:fs';
const p=JSON.parse(readFileSync(process.argv[2])); const re=new RegExp(process.argv[3]); const by=new Map(p.nodes.map(n=>[n.id,n])); const parent=new Map(); for(const n of p.nodes) for(const c of n.children??[]) parent.set(c,n.id);
const incl=new Map(); let tot=0;
p.samples.forEach((id,i)=>{ const dt=p.timeDeltas[i]; tot+=dt; const seen=new Set(); for(let at=id;at!==undefined;at=parent.get(at)){ const f=by.get(at).callFrame; const k=f.functionName+' '+f.url.split('/').slice(-2).join('/')+':'+f.lineNumber; if(re.test(k)&&!seen.has(k)){seen.add(k); incl.set(k,(incl.get(k)??0)+dt);} } });
for(const [k,v] of [...incl].sort((a,b)=>b[1]-a[1]).slice(0,40)) console.log((v/1000).toFixed(0).padStart(7),(100*v/tot).toFixed(1)+'%',k);
