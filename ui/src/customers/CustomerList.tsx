import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { MergeCellsOutlined, TeamOutlined, UserAddOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { Key } from "../components/Key";
import { Money, Num, When } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { DataList, type Column } from "../components/list";
import { useHotkeys } from "../lib/hotkeys";
import { useListState } from "../lib/listState";
import { useCan } from "../lib/me";
import { toDecimalText } from "../lib/money";
import { useFormats, useShop } from "../lib/shop";
import { CustomerDrawer } from "./CustomerDrawer";
import { MergeModal } from "./MergeModal";
import { listInput, useCustomers } from "./queries";
import type { CustomerRow } from "./types";

export default function CustomerList() {
  const { t } = useTranslation();
  const can = useCan();
  const f = useFormats();
  const { currency } = useShop();
  const navigate = useNavigate();
  const { search, set } = useListState();
  const { new: adding, ...shown } = search;
  const source = useCustomers(shown);
  const [merging, setMerging] = useState<{ rows: CustomerRow[]; clear: () => void } | null>(null);
  const add = () => set({ new: "1" });
  useHotkeys(can("customers_write") ? [{ keys: "c", label: t("customers.add"), run: add }] : []);

  const columns: Column<CustomerRow>[] = [
    { key: "name", title: t("customers.name"), always: true, width: 200, render: (r) => <Link to="/customers/$id" params={{ id: r.id }}>{r.name || r.email || r.phone || t("customers.nameless")}</Link>, text: (r) => r.name },
    { key: "phone", title: t("customers.phone"), width: 150, render: (r) => <span className="sk-num">{r.phone}</span>, text: (r) => r.phone },
    { key: "email", title: t("customers.email"), width: 200, wideOnly: true, render: (r) => r.email, text: (r) => r.email },
    { key: "country", title: t("customers.country"), width: 90, hidden: true, render: (r) => r.country, text: (r) => r.country },
    { key: "count", title: t("customers.orderCount"), width: 100, align: "end", render: (r) => <Num value={r.order_count} />, text: (r) => String(r.order_count) },
    { key: "total", title: t("customers.spent"), width: 140, align: "end", sort: true, render: (r) => <Money minor={r.order_total} />, text: (r) => toDecimalText(r.order_total, currency) },
    { key: "last", title: t("customers.lastOrder"), width: 160, sort: true, render: (r) => <When ms={r.last_order_at} ago />, text: (r) => (r.last_order_at === null ? "" : f.dateTime(r.last_order_at)) },
    { key: "created", title: t("customers.since"), width: 150, sort: true, hidden: true, render: (r) => <When ms={r.created_at} />, text: (r) => f.dateTime(r.created_at) },
  ];

  return (
    <div className="sk-page sk-page-fill">
      <PageHeader
        title={t("customers.title")}
        actions={
          can("customers_write") && (
            <Button type="primary" icon={<UserAddOutlined />} onClick={add}>
              {t("customers.add")}<Key of="c" />
            </Button>
          )
        }
      />
      <DataList
        id="customers"
        label={t("customers.title")}
        source={source}
        rowKey={(r) => r.id}
        columns={columns}
        onOpen={(r) => void navigate({ to: "/customers/$id", params: { id: r.id } })}
        exportAs={{ what: "customers", filter: listInput(shown) }}
        searchHint={t("customers.searchHint")}
        bulk={[{ key: "merge", needs: "customers_write", label: t("customers.merge.action"), icon: <MergeCellsOutlined />, disabled: (rows) => rows.length !== 2, run: (rows, clear) => setMerging({ rows, clear }) }]}
        empty={
          <EmptyState
            icon={<TeamOutlined />}
            title={t("customers.empty.title")}
            text={t("customers.empty.text")}
            action={
              can("customers_write") && (
                <Button type="primary" onClick={add}>
                  {t("customers.add")}
                </Button>
              )
            }
          />
        }
      />
      <CustomerDrawer open={adding === "1"} onClose={() => set({ new: null })} onSaved={(id) => void navigate({ to: "/customers/$id", params: { id } })} />
      {merging && <MergeModal first={merging.rows[0]} second={merging.rows[1]} onClose={() => setMerging(null)} onMerged={merging.clear} />}
    </div>
  );
}
