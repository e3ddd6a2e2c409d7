// @ts-check
/**
 * What `performance.now` is in the bundle: Node loads eight modules for the first look at `performance`, a millisecond
 * and a half of every start, and has the time since it began in `process` as well. That clock never goes back either
 * (uv_hrtime); it begins some milliseconds later, when Node's own code does.
 */
const now = () => process.uptime() * 1000;

export { now as 'performance.now' };
