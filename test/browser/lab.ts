/// <reference lib="dom.iterable" />
/// <reference lib="dom" />
/** JupyterLab as `npm run lab` starts it, and a headless Chromium that looks at it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

export const ROOT = process.cwd();
const STARTED_WITHIN = 180_000; // the first start makes .venv

/** A server and what it has said so far. */
export interface Lab {
  /** With its token. */
  readonly url: URL;
  readonly said: () => string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts JupyterLab on a port, or the next free one. */
export async function startLab(port: number): Promise<Lab> {
  const args = ["dist/cli/lab.js", "--port", String(port), "--no-browser", "--expose-app-in-browser"];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = await new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`lab did not start:\n${said}`)), STARTED_WITHIN);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      const address = /http:\/\/127\S+token=\w+/.exec(said)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address));
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("close", (code) => reject(new Error(`lab ended with ${code}:\n${said}`)));
  });
  return {
    url,
    said: () => said,
    process: child,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Debian's Chromium, or the one that CHROMIUM names. */
export async function startBrowser(): Promise<Browser> {
  const known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = process.env.CHROMIUM ?? known.find((file) => existsSync(file));
  if (executablePath === undefined) {
    throw new Error(
      `startBrowser: missing Chromium (got none of ${known.join(", ")}), expected one; apt install chromium, or name it in CHROMIUM`,
    );
  }
  // Root, as in containers, has no sandbox.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** A page that draws text with the font of our still pictures, so that screenshots are the same on every machine. */
export async function newPage(browser: Browser): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  const file = require.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf");
  const font = `@font-face { font-family: Arimo; src: url(data:font/ttf;base64,${readFileSync(file).toString("base64")}); }`;
  const page = await context.newPage();
  await page.addInitScript((style) => {
    addEventListener("DOMContentLoaded", () => {
      document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
      void document.fonts.load("12px Arimo");
    });
  }, font);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}

/** The path of a file of this folder, from wherever it was compiled to. */
export const stored = (...parts: string[]): string => path.join(ROOT, "test", "browser", ...parts);
