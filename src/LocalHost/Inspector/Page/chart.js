// Deliveries per minute by outcome as bars, and the mean time to the answer as a line.
import { call } from './api.js';
import { element, svg } from './dom.js';

const outcomes = ['accepted', 'refused', 'unavailable', 'recovered'];
const width = 720;
const height = 110;
const range = document.getElementById('range');

export async function drawChart() {
  const minutes = Number(range.value);
  const { now, minutes: counts } = await call('GET', `/inspector/api/minutes?minutes=${minutes}`);
  const each = minutes <= 60 ? 1 : minutes / 72;
  const bins = collect(counts, Math.floor(new Date(now) / 60000), minutes, each);
  const highest = Math.max(1, ...bins.map(bin => outcomes.reduce((sum, outcome) => sum + bin[outcome], 0)));
  const slowest = Math.max(1, ...bins.map(mean));
  const step = width / bins.length;
  const image = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, svg('line', { class: 'axis', x1: 0, x2: width, y1: height - 1, y2: height - 1 }));
  bins.forEach((bin, index) => {
    let top = height - 1;
    for (const outcome of outcomes) {
      const size = bin[outcome] / highest * (height - 12);
      if (size === 0) continue;
      top -= size;
      image.append(svg('rect', { class: outcome, x: index * step + step * .1, y: top, width: step * .8, height: size }));
    }
  });
  image.append(svg('polyline', { class: 'latency', points: bins.map((bin, index) => bin.answered > 0 ? `${(index + .5) * step},${height - 1 - mean(bin) / slowest * (height - 12)}` : '').filter(Boolean).join(' ') }));
  document.getElementById('chart').replaceChildren(image);
  document.getElementById('chart-text').replaceChildren(...text(bins, each, highest));
}

function collect(counts, last, minutes, each) {
  const bins = Array.from({ length: Math.round(minutes / each) }, () => ({ accepted: 0, refused: 0, unavailable: 0, recovered: 0, answered: 0, total: 0, slowest: 0 }));
  for (const minute of counts) {
    const bin = bins[Math.floor((minute.time / 60 - (last - minutes + 1)) / each)];
    if (!bin) continue;
    for (const outcome of outcomes) bin[outcome] += minute[outcome];
    bin.answered += minute.accepted + minute.refused + minute.unavailable;
    bin.total += minute.totalMilliseconds;
    bin.slowest = Math.max(bin.slowest, minute.slowestMilliseconds);
  }

  return bins;
}

const mean = bin => bin.answered > 0 ? bin.total / bin.answered : 0;

function text(bins, each, highest) {
  const sum = name => bins.reduce((total, bin) => total + bin[name], 0);
  const answered = sum('answered');
  const latency = answered > 0 ? ` Time to the answer (line): ${(sum('total') / answered).toFixed(1)} ms on average, ${Math.max(...bins.map(bin => bin.slowest)).toFixed(0)} ms at most.` : '';
  const bars = outcomes.flatMap(outcome => [element('span', { className: outcome }, `■ ${sum(outcome)} ${outcome}`), ' ']);
  return [...bars, ` The highest bar is ${highest} in ${each === 1 ? 'a minute' : `${each} minutes`}.${latency}`];
}

range.addEventListener('change', () => drawChart().catch(() => {}));
