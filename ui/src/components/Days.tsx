import { DatePicker } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { dayToIso } from "../lib/dates";

interface Props {
  from: number;
  to: number;
  onChange: (search: { from: string; to: string }) => void;
}

/** Any days, from and to. */
export default function Days({ from, to, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <DatePicker.RangePicker
      aria-label={t("dashboard.period.custom")}
      allowClear={false}
      value={[dayjs(dayToIso(from)), dayjs(dayToIso(to))]}
      onChange={(v) => v?.[0] && v[1] && onChange({ from: v[0].format("YYYY-MM-DD"), to: v[1].format("YYYY-MM-DD") })}
    />
  );
}
