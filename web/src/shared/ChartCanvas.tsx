import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { usePalette } from '../app/theme.ts';
import type { ChartData } from './Chart.tsx';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

/** The part of {@link Chart} that carries the chart library; loaded when a chart first shows. */
export default function ChartCanvas(props: {
  readonly data: ChartData;
  readonly height: number;
  readonly label: string;
  readonly onPick?: (category: string) => void;
}) {
  const element = useRef<HTMLDivElement>(null);
  const palette = usePalette();
  const { data, onPick } = props;
  useEffect(() => {
    if (!element.current) return;
    const chart = init(element.current);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const order = ['teal', 'blue', 'amber-fill', 'violet', 'red'] as const;
    const values = {
      type: 'value' as const,
      axisLabel: { color: palette['ink-3'] },
      splitLine: { lineStyle: { color: palette.line } },
    };
    const names = {
      type: 'category' as const,
      data: [...data.categories],
      ...(data.horizontal ? { inverse: true } : {}),
      axisLabel: { color: palette['ink-2'] },
      axisLine: { lineStyle: { color: palette.edge } },
      axisTick: { show: false },
    };
    chart.setOption({
      animation: !still,
      aria: { enabled: true },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: 12, top: data.series.length > 1 ? 34 : 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        axisPointer: { type: data.kind === 'bar' ? 'shadow' : 'line' },
        backgroundColor: palette.paper,
        borderColor: palette.line,
        textStyle: { color: palette.ink },
      },
      ...(data.series.length > 1
        ? { legend: { top: 0, left: 0, textStyle: { color: palette['ink-2'] }, itemWidth: 12, itemHeight: 12 } }
        : {}),
      xAxis: data.horizontal ? values : names,
      yAxis: data.horizontal ? names : values,
      series: data.series.map((s, i) => ({
        name: s.name,
        type: data.kind,
        data: [...s.values],
        ...(data.stacked ? { stack: 'all' } : {}),
        ...(data.kind === 'bar' ? { barMaxWidth: 22 } : { showSymbol: data.categories.length < 40, smooth: false }),
        itemStyle: { color: palette[s.colour ?? order[i % order.length] ?? 'teal'] },
      })),
    });
    if (onPick) chart.on('click', (event) => onPick(event.name));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(element.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [data, palette, onPick]);
  return <div ref={element} role="img" aria-label={props.label} style={{ height: props.height }} />;
}
