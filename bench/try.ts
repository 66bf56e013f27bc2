import { measureScale } from "/work/wt/scale/bench/scale.ts";
import { writeFileSync } from "node:fs";
const t = Date.now();
const r = await measureScale((l) => console.log(((Date.now()-t)/1000).toFixed(0), l));
writeFileSync("/tmp/scale.json", JSON.stringify(r, null, 1));
console.table(r.rows.map(({name, isHard, n, cpuUs, p50, ...x}) => ({name: name.slice(0,25), h: isHard, n, ms: cpuUs && +(cpuUs/1000).toFixed(2), p50: +p50.toFixed(1), ...Object.fromEntries(Object.entries(x).map(([k,v]) => [k, v && +(v as number).toFixed(1)]))})));
console.table(r.log);
process.exit();
