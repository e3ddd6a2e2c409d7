/**
 * Where programs that drive a browser look for one; they would fetch their own otherwise. Given to sessions
 * whose layer has Chromium.
 *
 * Source: Puppeteer's configuration guide; agent-browser's README
 */
export const CHROMIUM_ENVIRONMENT: Readonly<Record<string, string>> = {
  AGENT_BROWSER_EXECUTABLE_PATH: '/usr/bin/chromium',
  PUPPETEER_EXECUTABLE_PATH: '/usr/bin/chromium',
  PUPPETEER_SKIP_DOWNLOAD: 'true',
};
