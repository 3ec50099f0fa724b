/** What a person does with a notebook in JupyterLab, and what there is to see in it. */
import assert from "node:assert/strict";
import type { ElementHandle, Page } from "playwright-core";
import type { Lab } from "./lab";

/** One output as the notebook's file would hold it. */
export interface CellOutput {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Record<string, unknown>;
}

export interface NotebookPage {
  /** All outputs of the one cell whose source is `text` or contains it, as the document holds them. */
  outputs(text: string): Promise<CellOutput[]>;
  /** The same as one text: HTML, streams. */
  said(text: string): Promise<string>;
  /** The elements in which outputs of the cell are drawn. */
  drawn(text: string): Promise<ElementHandle[]>;
  /** Sources of the cells with code. */
  sources(): Promise<string[]>;
  /** Replaces the source of a cell. */
  edit(text: string, source: string): Promise<void>;
  /** As Ctrl+Enter does: the cell stays the active one. */
  runCell(text: string): Promise<void>;
  /** As the toolbar's run button and Shift+Enter do: the next cell becomes the active one. */
  runAndAdvance(text: string): Promise<void>;
  runAll(): Promise<void>;
  runFrom(text: string): Promise<void>;
  pressStop(): Promise<void>;
  restart(): Promise<void>;
  /** Removes the outputs of all cells. */
  clear(): Promise<void>;
  /** Waits until the kernel has nothing to do and no cell is waiting. */
  waitIdle(milliseconds: number): Promise<void>;
  /** Waits until what a cell says matches. */
  waitSaid(text: string, pattern: RegExp, milliseconds: number): Promise<string>;
}

/** The part of JupyterLab's application object that is used here. */
interface JupyterApp {
  commands: { execute(id: string, args?: object): Promise<unknown> };
  shell: {
    currentWidget: {
      sessionContext: { ready: Promise<void>; session: { kernel: { info: Promise<unknown> } | null } | null };
      content: {
        widgets: readonly NotebookCell[];
        activeCellIndex: number;
        deselectAll(): void;
      };
    };
  };
}
interface NotebookCell {
  readonly node: HTMLElement;
  readonly model: {
    readonly type: string;
    readonly sharedModel: { getSource(): string; setSource(source: string): void };
    toJSON(): { outputs?: CellOutput[] };
  };
}
declare const jupyterapp: JupyterApp;

/** Opens a notebook by its path from the project's root and waits for its kernel. */
export async function openNotebook(page: Page, lab: Lab, file: string): Promise<NotebookPage> {
  await page.goto(`${lab.url.origin}/lab/tree/${file}?reset&token=${lab.url.searchParams.get("token")}`);
  const name = file.split("/").at(-1)!;
  await page.locator(".jp-NotebookPanel .jp-Cell").first().waitFor({ timeout: 60_000 });
  await page.locator(".lm-TabBar-tabLabel", { hasText: name }).first().waitFor();
  // A cell that is run before the kernel is known would ask for one.
  await page.evaluate(async () => {
    const { sessionContext } = jupyterapp.shell.currentWidget;
    await sessionContext.ready;
    await sessionContext.session!.kernel!.info;
  });
  const notebook = notebookPage(page);
  await notebook.waitIdle(60_000);
  return notebook;
}

function notebookPage(page: Page): NotebookPage {
  const index = async (text: string): Promise<number> => {
    const found = await page.evaluate((wanted) => {
      const cells = jupyterapp.shell.currentWidget.content.widgets;
      const sources = cells.map(({ model }) => (model.type === "code" ? model.sharedModel.getSource() : ""));
      const whole = sources.indexOf(wanted);
      return whole >= 0 ? [whole] : sources.flatMap((source, i) => (source.includes(wanted) ? [i] : []));
    }, text);
    assert.equal(found.length, 1, `cells with ${text}: ${found.join(", ")}`);
    return found[0]!;
  };
  const select = async (text: string): Promise<void> => {
    // For 200 ms after a cell failed the kernel takes no other: those that were queued behind it. No one clicks as fast as a test.
    await page.waitForTimeout(400);
    await page.evaluate(
      (i) => {
        const { content } = jupyterapp.shell.currentWidget;
        content.deselectAll();
        content.activeCellIndex = i;
      },
      await index(text),
    );
  };
  const outputs = async (text: string): Promise<CellOutput[]> =>
    page.evaluate(
      (i) => jupyterapp.shell.currentWidget.content.widgets[i]!.model.toJSON().outputs ?? [],
      await index(text),
    );
  const said = async (text: string): Promise<string> =>
    (await outputs(text))
      .flatMap(({ text: stream, data }) => [
        stream ?? [],
        (data?.["text/html"] ?? data?.["text/plain"] ?? []) as string | string[],
      ])
      .flat(2)
      .join("");
  const command = (id: string): Promise<void> => page.evaluate((name) => void jupyterapp.commands.execute(name), id);
  const menu = async (item: string): Promise<void> => {
    await page.locator(".lm-MenuBar-itemLabel", { hasText: /^Run$/ }).click();
    await page.locator(".lm-Menu-itemLabel", { hasText: new RegExp(`^${item}$`) }).click();
    // Until the cells are marked as waiting the notebook still looks idle.
    await page.locator(".jp-InputPrompt", { hasText: "*" }).first().waitFor({ timeout: 10_000 });
  };
  const button = (name: string): Promise<void> =>
    page.locator(`.jp-NotebookPanel-toolbar [data-command="${name}"]`).first().click();
  return {
    outputs,
    said,
    drawn: async (text) => {
      const cell = page.locator(".jp-Notebook .jp-Cell").nth(await index(text));
      await cell.scrollIntoViewIfNeeded();
      return cell.locator(".jp-OutputArea-output").elementHandles();
    },
    sources: () =>
      page.evaluate(() =>
        jupyterapp.shell.currentWidget.content.widgets.flatMap(({ model }) =>
          model.type === "code" ? [model.sharedModel.getSource()] : [],
        ),
      ),
    edit: async (text, source) => {
      await page.evaluate(
        ([i, replaced]) => jupyterapp.shell.currentWidget.content.widgets[i]!.model.sharedModel.setSource(replaced),
        [await index(text), source] as const,
      );
    },
    runCell: async (text) => {
      await select(text);
      await command("notebook:run-cell");
    },
    runAndAdvance: async (text) => {
      await select(text);
      await button("notebook:run-cell-and-select-next");
    },
    runAll: () => menu("Run All Cells"),
    runFrom: async (text) => {
      await select(text);
      await menu("Run Selected Cell and All Below");
    },
    pressStop: () => button("notebook:interrupt-kernel"),
    restart: async () => {
      await button("notebook:restart-kernel");
      await page.locator(".jp-Dialog .jp-mod-accept").click();
    },
    clear: () => command("editmenu:clear-all"),
    waitIdle: async (milliseconds) => {
      await page.waitForFunction(
        () =>
          document.querySelector('.jp-Notebook-ExecutionIndicator[data-status="idle"]') !== null &&
          ![...document.querySelectorAll(".jp-InputPrompt")].some((prompt) => prompt.textContent?.includes("*")),
        undefined,
        { timeout: milliseconds },
      );
    },
    waitSaid: async (text, pattern, milliseconds) => {
      const end = Date.now() + milliseconds;
      for (;;) {
        const now = await said(text);
        if (pattern.test(now)) return now;
        assert.ok(Date.now() < end, `after ${milliseconds} ms the cell with ${text} said: ${now.slice(0, 500)}`);
        await page.waitForTimeout(100);
      }
    },
  };
}
