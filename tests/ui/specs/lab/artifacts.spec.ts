import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test, Workbench } from '../../workbench';

/** Counts what reaches it, by TCP and by UDP. */
async function trap() {
  const reached: string[] = [];
  const http = createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    response.end('reached');
  });
  // Opened ahead, without a request: `preconnect` and its like.
  http.on('connection', () => reached.push('TCP'));
  await new Promise<void>(resolve =>
    http.listen(0, '127.0.0.1', () => resolve())
  );
  const udp = createSocket('udp4');
  udp.on('message', () => reached.push('UDP'));
  await new Promise<void>(resolve => udp.bind(0, '127.0.0.1', () => resolve()));
  return {
    reached,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    udpPort: udp.address().port,
    close: () => {
      http.close();
      udp.close();
    }
  };
}

/** A page that tries every way out that we know, and then says so. */
function hostile(url: string, udpPort: number): string {
  return `<!DOCTYPE html><html><head>
<meta http-equiv="refresh" content="0; url=${url}/refresh">
<link rel="stylesheet" href="${url}/link">
<link rel="prefetch" href="${url}/prefetch">
<link rel="preconnect" href="${url}">
<base href="${url}/">
<style>@import url(${url}/import); body { background: url(${url}/background); }
@font-face { font-family: x; src: url(${url}/font); } p { font-family: x; }</style>
<script src="${url}/script"></script>
</head><body>
<p>first</p>
<form><math><mtext></form><form><mglyph><style></math><link rel="preconnect" href="${url}">
</style></mglyph></mtext></math></form>
<noscript><p title="</noscript><link rel=preconnect href=${url}>"></p></noscript>
<img src="${url}/img" onerror="window.tried = 1">
<iframe src="${url}/iframe"></iframe>
<object data="${url}/object"></object>
<form action="${url}/form" method="post"><button id="send">send</button></form>
<a id="away" href="${url}/link-click">away</a>
<p id="told">not run</p>
<script>
const attempts = [
  () => { parent.document.title = 'taken'; },
  () => { top.document.body.innerHTML = 'taken'; },
  () => { parent.parent.hacked = 1; },
  () => { localStorage.setItem('taken', '1'); },
  () => { document.cookie = 'taken=1'; },
  () => { top.location = '${url}/top'; },
  () => { parent.location = '${url}/parent'; },
  () => { window.open('${url}/open'); },
  () => { fetch('${url}/fetch', { mode: 'no-cors' }).catch(() => 0); },
  () => { fetch('/jupyter-qwen/status').catch(() => 0); },
  () => { const x = new XMLHttpRequest(); x.open('GET', '${url}/xhr'); x.send(); },
  () => { navigator.sendBeacon('${url}/beacon', 'x'); },
  () => { new WebSocket('${url.replace('http', 'ws')}/socket'); },
  () => { new EventSource('${url}/events'); },
  () => { new Image().src = '${url}/image'; },
  () => { new Worker('${url}/worker'); },
  () => { import('${url}/module').catch(() => 0); },
  () => { const f = document.createElement('iframe'); f.src = '${url}/late-frame'; document.body.append(f); },
  () => { const l = document.createElement('link'); l.rel = 'preload'; l.as = 'script'; l.href = '${url}/preload'; document.head.append(l); },
  () => { document.getElementById('send').click(); },
  () => { document.getElementById('away').click(); },
  () => { location.href = '${url}/location'; },
  () => { const p = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${udpPort}' }] });
          p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)); }
];
for (const attempt of attempts) { try { attempt(); } catch (error) { /* refused */ } }
top.postMessage(typeof RTCPeerConnection === 'undefined' ? 'all tried' : 'can call', '*');
</script>
</body></html>`;
}

const block = (language: string, source: string) => ({
  index: 0,
  language,
  source,
  verdict: null,
  kind: null,
  needs_consent: false,
  diagnostics: [],
  repairs: [],
  cell: null
});

const answerOf = (language: string, source: string) =>
  Workbench.answer(`Here:\n\n\`\`\`\`${language}\n${source}\n\`\`\`\`\n`, [
    block(language, source)
  ]);

for (const scripts of [false, true]) {
  test(`a preview with scripts ${scripts ? 'on' : 'off'} reaches neither the page nor the network`, async ({
    bench
  }) => {
    const ground = await trap();
    try {
      await bench.chat(['1 + 1']);
      await bench.play(answerOf('html', hostile(ground.url, ground.udpPort)));
      await bench.asked('make a page');
      await bench.press('Preview');
      const inner = bench.answer.frameLocator('iframe').frameLocator('iframe');
      await expect(inner.locator('#told')).toHaveText('not run');
      if (scripts) {
        await bench.press('Run scripts');
        // The page leads itself away as its last act; what it led to is refused, so nothing of it is left to look at.
        await expect(
          bench.answer.getByRole('button', { name: 'Stop scripts' })
        ).toBeVisible();
      } else {
        await inner.locator('#away').click();
      }
      // Whatever was sent has arrived when a request of our own, made later, has.
      await bench.page.waitForTimeout(1500);
      // A page that leads itself away is stopped after Chromium has opened a connection, over which nothing is sent.
      expect(ground.reached.filter(what => !scripts || what !== 'TCP')).toEqual(
        []
      );
      expect(await bench.page.title()).not.toContain('taken');
      expect(
        await bench.page.evaluate(() => [
          Reflect.get(window, 'hacked'),
          localStorage.getItem('taken'),
          document.cookie.includes('taken=1')
        ])
      ).toEqual([undefined, null, false]);
      await expect(bench.input).toBeVisible();
    } finally {
      ground.close();
    }
  });
}

test('scripts of a preview run when asked to, and are gone when hidden', async ({
  bench
}) => {
  await bench.chat(['1 + 1']);
  await bench.play(
    answerOf(
      'html',
      '<h1>Targets</h1><p id="told">not run</p><script>document.getElementById("told").textContent = `ran in ${origin}`</script>'
    )
  );
  await bench.asked('make a page');
  await bench.press('Preview');
  const inner = bench.answer.frameLocator('iframe').frameLocator('iframe');
  await expect(inner.locator('h1')).toHaveText('Targets');
  await expect(inner.locator('#told')).toHaveText('not run');
  await bench.press('Run scripts');
  await expect(inner.locator('#told')).toHaveText('ran in null');
  await bench.pictureOfPanel('preview-html');
  expect(await bench.axe()).toEqual([]);
  await bench.press('Hide preview');
  await expect(bench.answer.locator('iframe')).toHaveCount(0);
});

test('SVG and Markdown have a preview, too, and code has none', async ({
  bench
}) => {
  await bench.chat(['1 + 1']);
  const picture =
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60" fill="teal"/></svg>';
  const text = '# Report\n\n| a | b |\n|---|---|\n| 1 | 2 |';
  await bench.play(
    Workbench.answer(
      `\`\`\`svg\n${picture}\n\`\`\`\n\n\`\`\`markdown\n${text}\n\`\`\`\n\n\`\`\`python\n1 + 1\n\`\`\`\n`,
      [
        block('svg', picture),
        { ...block('markdown', text), index: 1 },
        { ...block('python', '1 + 1'), index: 2 }
      ]
    )
  );
  await bench.asked('draw');
  const blocks = bench.answer.locator('.jp-Qwen-block');
  await blocks.nth(0).getByRole('button', { name: 'Preview' }).click();
  await blocks.nth(1).getByRole('button', { name: 'Preview' }).click();
  await expect(
    blocks.nth(0).frameLocator('iframe').frameLocator('iframe').locator('rect')
  ).toBeVisible();
  await expect(blocks.nth(1).locator('.jp-Qwen-preview td')).toHaveText([
    '1',
    '2'
  ]);
  await expect(
    blocks.nth(2).getByRole('button', { name: 'Preview' })
  ).toHaveCount(0);
  await bench.pictureOfPanel('preview-svg-markdown');

  await blocks.nth(1).getByRole('button', { name: 'Insert' }).first().click();
  await expect(bench.cells()).toHaveCount(2);
  await expect(bench.cell(1)).toHaveClass(/jp-MarkdownCell/);
});
