import { Button, Segmented, Skeleton, theme } from "antd";
import { BarChartOutlined, TableOutlined } from "@ant-design/icons";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import "./chart.css";

export interface Series {
  name: string;
  kind: "bar" | "line";
  values: number[];
  /** Which of two axes; amounts left, counts right. */
  axis?: "left" | "right";
  format: (v: number) => string;
  /** On the scale, where there is little room. */
  scale?: (v: number) => string;
}

interface Props {
  /** What the picture says, in one sentence: read aloud in its place. */
  summary: string;
  title: string;
  labels: string[];
  /** What the labels are, as the head of the first column of the table; days when not said. */
  labelled?: string;
  series: Series[];
  height?: number;
}

/** A chart that can also be read as a table: by choice, by keyboard, by a screen reader. The library loads after the page. */
export function Chart({ summary, title, labels, labelled, series, height = 280 }: Props) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const [mode, setMode] = useState<"chart" | "table">("chart");
  const [ready, setReady] = useState(false);

  useEffect(() => {
    if (mode !== "chart") return;
    let gone = false;
    let observer: ResizeObserver | undefined;
    void import("./echarts").then(({ init }) => {
      if (gone || !box.current) return;
      chart.current = init(box.current, undefined, { renderer: "svg" });
      observer = new ResizeObserver(() => chart.current?.resize());
      observer.observe(box.current);
      setReady(true);
    });
    return () => {
      gone = true;
      observer?.disconnect();
      chart.current?.dispose();
      chart.current = null;
      setReady(false);
    };
  }, [mode]);

  useEffect(() => {
    if (!ready || !chart.current) return;
    const two = series.some((s) => s.axis === "right");
    const axis = (at: "left" | "right") => {
      const first = series.find((s) => (s.axis ?? "left") === at);
      return {
        type: "value" as const,
        position: at,
        axisLabel: { color: token.colorTextDescription, formatter: (v: number) => (first ? (first.scale ?? first.format)(v) : String(v)), hideOverlap: true },
        splitLine: { show: at === "left", lineStyle: { color: token.colorBorderSecondary } },
        splitNumber: 4,
        minInterval: 1,
      };
    };
    const option: EChartsCoreOption = {
      animation: !window.matchMedia?.("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      color: [token.colorPrimary, "#c9732c", "#6b78b4", "#8d8d8d"],
      textStyle: { fontFamily: token.fontFamily },
      grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: token.colorTextSecondary } },
      // The strict content policy forbids styled HTML made from text: the tip is drawn, not written.
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        backgroundColor: token.colorBgElevated,
        borderColor: token.colorBorder,
        textStyle: { color: token.colorText },
        formatter: (items: { dataIndex: number }[]) => {
          const i = items[0]?.dataIndex ?? 0;
          return [labels[i] ?? "", ...series.map((s) => `${s.name}  ${s.format(s.values[i] ?? 0)}`)].join("\n");
        },
      },
      xAxis: { type: "category", data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: token.colorBorder } }, axisLabel: { color: token.colorTextDescription, hideOverlap: true } },
      yAxis: two ? [axis("left"), axis("right")] : [axis("left")],
      series: series.map((s) => ({
        type: s.kind,
        name: s.name,
        data: s.values,
        yAxisIndex: s.axis === "right" ? 1 : 0,
        ...(s.kind === "bar" ? { barMaxWidth: 28, itemStyle: { borderRadius: [3, 3, 0, 0] } } : { symbol: labels.length > 40 ? "none" : "circle", symbolSize: 5, lineStyle: { width: 2 } }),
      })),
    };
    chart.current.setOption(option, true);
  }, [ready, labels, series, token]);

  return (
    <figure className="sk-chart" aria-label={title}>
      <figcaption className="sk-chart-head">
        <h2>{title}</h2>
        <Segmented
          size="small"
          aria-label={t("common.chartOrTable")}
          value={mode}
          onChange={(v) => setMode(v)}
          options={[
            { value: "chart" as const, icon: <BarChartOutlined />, title: t("common.asChart") },
            { value: "table" as const, icon: <TableOutlined />, title: t("common.asTable") },
          ]}
        />
      </figcaption>
      {mode === "chart" ? (
        <>
          <div ref={box} role="img" aria-label={summary} style={{ height }} className="sk-chart-box" />
          {!ready && <Skeleton.Node active style={{ width: "100%", height: 8 }} />}
          <Button size="small" type="link" className="sk-chart-read" onClick={() => setMode("table")}>
            {t("common.asTable")}
          </Button>
        </>
      ) : (
        <div className="sk-chart-table" style={{ maxHeight: height }} tabIndex={0}>
          <table>
            <caption className="sk-visually-hidden">{summary}</caption>
            <thead>
              <tr>
                <th scope="col">{labelled ?? t("common.period")}</th>
                {series.map((s) => (
                  <th key={s.name} scope="col" className="sk-num">
                    {s.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {labels.map((l, i) => (
                <tr key={l}>
                  <th scope="row">{l}</th>
                  {series.map((s) => (
                    <td key={s.name} className="sk-num">
                      {s.format(s.values[i] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}
