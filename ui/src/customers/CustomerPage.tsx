import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button, Dropdown, Modal } from "antd";
import { ClearOutlined, DeleteOutlined, EditOutlined, HomeOutlined, MergeCellsOutlined, MoreOutlined, PlusOutlined, StarFilled, StarOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../components/ErrorNotice";
import { Money, Num, When } from "../components/Money";
import { PageHeader } from "../components/PageHeader";
import { Pill, StatusTag } from "../components/StatusTag";
import { Unmask } from "../components/Unmask";
import { useToast } from "../components/useToast";
import { Waiting } from "../components/Waiting";
import { useTell } from "../lib/api";
import { useCan } from "../lib/me";
import { useFormats } from "../lib/shop";
import { AddressDrawer } from "./AddressDrawer";
import { addressLine } from "./AddressFields";
import { CustomerDrawer } from "./CustomerDrawer";
import { CustomerPicker, type PickedCustomer } from "./CustomerPicker";
import { EraseModal } from "./EraseModal";
import { MergeModal } from "./MergeModal";
import { customerOf, useCustomer, usePurchases } from "./queries";
import type { Address, Customer, CustomerRow } from "./types";
import "./customers.css";

export default function CustomerPage() {
  const { id } = useParams({ strict: false }) as { id?: string };
  const q = useCustomer(id ?? "");
  if (q.data) return <Page key={q.data.id} customer={q.data} gone={q.error?.code === "not_found"} />;
  return <div className="sk-page">{q.error ? <ErrorNotice error={q.error} onRetry={() => void q.refetch()} /> : <Waiting rows={8} />}</div>;
}

function Page({ customer, gone }: { customer: Customer; gone: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const toast = useToast();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const [address, setAddress] = useState<Address | "new" | null>(null);
  const [choosing, setChoosing] = useState(false);
  const [erasing, setErasing] = useState(false);
  const can = useCan();
  const [other, setOther] = useState<CustomerRow | null>(null);
  const onError = (e: unknown) => toast.error(e);
  // What was opened is shown until the record is read anew.
  const [opened, setOpened] = useState<{ of: Customer; whole: Customer } | null>(null);
  const open = useTell("customers.open", { onSuccess: (whole) => setOpened({ of: customer, whole }) });
  const c = opened?.of === customer ? opened.whole : customer;
  const erased = c.erased_at !== null;
  const name = erased ? t("customers.erased") : c.name || c.email || c.phone || t("customers.nameless");
  const dropAddress = useTell("customers.delete_address", { onError, undo: () => t("customers.address.dropped") });
  const prefer = useTell("customers.prefer_address", { onError, undo: () => t("customers.address.preferredNow") });
  const drop = useTell("customers.delete", { onError, undo: () => t("customers.dropped", { name }), onSuccess: () => void navigate({ to: "/customers" }) });

  return (
    <div className="sk-page">
      <PageHeader
        title={name}
        back="/customers"
        sub={
          <span className="cu-sub">
            {[c.phone, c.email, c.country, t("customers.sinceDay", { day: f.date(c.created_at) })].filter(Boolean).map((fact) => (
              <span key={fact} className="sk-num">
                {fact}
              </span>
            ))}
            {c === customer && (c.phone || c.email || c.addresses.length > 0) && <Unmask onOpen={(reason) => open.mutateAsync({ id: c.id, reason })} />}
          </span>
        }
        actions={
          <>
            <Link to="/orders" search={{ customer: c.id } as never}>
              <Button tabIndex={-1}>{t("customers.orders")}</Button>
            </Link>
            {!erased && (
              <>
                <Button type="primary" icon={<EditOutlined />} onClick={() => setEditing(true)}>
                  {t("customers.edit")}
                </Button>
                <Dropdown
                  trigger={["click"]}
                  menu={{
                    items: [
                      { key: "merge", icon: <MergeCellsOutlined />, label: t("customers.merge.with"), onClick: () => setChoosing(true) },
                      ...(c.order_count === 0 ? [{ key: "drop", danger: true, icon: <DeleteOutlined />, label: t("customers.drop"), onClick: () => drop.mutate({ id: c.id }) }] : []),
                      ...(can("customers_erase") && !c.merged_into ? [{ key: "erase", danger: true, icon: <ClearOutlined />, label: t("customers.erase.open"), onClick: () => setErasing(true) }] : []),
                    ],
                  }}
                >
                  <Button icon={<MoreOutlined />} aria-label={t("customers.more")} />
                </Dropdown>
              </>
            )}
          </>
        }
      />
      {c.merged_into && (
        <p>
          <Pill tone="orange">{t("customers.mergedAway")}</Pill>
          <Link to="/customers/$id" params={{ id: c.merged_into }}>
            {t("customers.duplicate.open")}
          </Link>
        </p>
      )}
      {c.erased_at !== null && (
        <p>
          <Pill tone="orange">{t("customers.erasedOn", { day: f.date(c.erased_at) })}</Pill> {t("customers.erasedText")}
        </p>
      )}
      <dl className="cu-facts">
        <div>
          <dt>{t("customers.orderCount")}</dt>
          <dd>
            <Num value={c.order_count} />
          </dd>
        </div>
        <div>
          <dt>{t("customers.spent")}</dt>
          <dd>
            <Money minor={c.order_total} />
          </dd>
        </div>
        <div>
          <dt>{t("customers.average")}</dt>
          <dd>
            <Money minor={c.average_order} />
          </dd>
        </div>
        <div>
          <dt>{t("customers.lastOrder")}</dt>
          <dd>
            <When ms={c.last_order_at} ago />
          </dd>
        </div>
      </dl>
      {c.note && <p className="cu-note">{c.note}</p>}
      <div className="cu-grid">
        <Purchases customerId={c.id} />
        <section className="cu-card" aria-labelledby="cu-addresses">
          <div className="cu-head">
            <h2 id="cu-addresses">{t("customers.addresses")}</h2>
            {!erased && (
              <Button size="small" icon={<PlusOutlined />} onClick={() => setAddress("new")}>
                {t("customers.address.add")}
              </Button>
            )}
          </div>
          {c.addresses.length === 0 && <p className="sk-muted">{t(erased ? "customers.address.erased" : "customers.address.none")}</p>}
          <ul className="cu-plain">
            {c.addresses.map((a) => (
              <li key={a.id}>
                <HomeOutlined aria-hidden />
                <div className="cu-grow">
                  <strong>{a.name || name}</strong> <span className="sk-num">{a.phone}</span> {a.preferred && <Pill tone="green" icon={<StarFilled />}>{t("customers.address.preferred")}</Pill>}
                  <div>{addressLine(a)}</div>
                </div>
                {!a.preferred && <Button size="small" type="text" icon={<StarOutlined />} title={t("customers.address.prefer")} aria-label={t("customers.address.prefer")} onClick={() => prefer.mutate({ id: a.id })} />}
                <Button size="small" type="text" icon={<EditOutlined />} title={t("customers.address.edit")} aria-label={t("customers.address.edit")} onClick={() => setAddress(a)} />
                <Button size="small" type="text" icon={<DeleteOutlined />} title={t("customers.address.drop")} aria-label={t("customers.address.drop")} onClick={() => dropAddress.mutate({ id: a.id })} />
              </li>
            ))}
          </ul>
        </section>
      </div>
      <CustomerDrawer open={editing} customer={c} gone={gone} onClose={() => setEditing(false)} onSaved={(id) => id !== c.id && void navigate({ to: "/customers/$id", params: { id } })} />
      {address && <AddressDrawer customer={c} {...(address === "new" ? {} : { address })} onClose={() => setAddress(null)} />}
      {erasing && <EraseModal id={c.id} name={name} onClose={() => setErasing(false)} />}
      {choosing && <Choose not={c.id} onClose={() => setChoosing(false)} onChosen={(row) => (setChoosing(false), setOther(row))} />}
      {other && <MergeModal first={c} second={other} onClose={() => setOther(null)} onMerged={(kept) => void navigate({ to: "/customers/$id", params: { id: kept } })} />}
    </div>
  );
}

/** Who is the same person? */
function Choose({ not, onClose, onChosen }: { not: string; onClose: () => void; onChosen: (c: CustomerRow) => void }) {
  const { t } = useTranslation();
  const [picked, setPicked] = useState<PickedCustomer | null>(null);
  const take = async () => {
    if (!picked?.id || picked.id === not) return;
    onChosen(await customerOf(picked.id));
  };
  return (
    <Modal open title={t("customers.merge.with")} okText={t("customers.merge.compare")} okButtonProps={{ disabled: !picked?.id || picked.id === not }} onOk={() => void take()} onCancel={onClose}>
      <CustomerPicker value={picked} onChange={(c) => setPicked(c && c.id === null ? null : c)} />
    </Modal>
  );
}

function Purchases({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const list = usePurchases(customerId);
  return (
    <section className="cu-card" aria-labelledby="cu-purchases">
      <h2 id="cu-purchases">{t("customers.purchases")}</h2>
      {list.error && <ErrorNotice error={list.error} onRetry={list.refetch} />}
      {list.loading && <Waiting />}
      {!list.loading && list.rows.length === 0 && (
        <>
          <p className="sk-muted">{t("customers.noPurchases")}</p>
          <Link to="/orders/new">{t("customers.firstOrder")}</Link>
        </>
      )}
      {list.rows.length > 0 && (
        <table className="cu-orders">
          <thead>
            <tr>
              <th scope="col">{t("customers.order")}</th>
              <th scope="col">{t("customers.day")}</th>
              <th scope="col">{t("customers.state")}</th>
              <th scope="col" className="cu-end">{t("customers.units")}</th>
              <th scope="col" className="cu-end">{t("customers.total")}</th>
            </tr>
          </thead>
          <tbody>
            {list.rows.map((o) => (
              <tr key={o.id}>
                <td>
                  <Link to="/orders/$id" params={{ id: o.id }} className="sk-num">
                    {o.number}
                  </Link>
                </td>
                <td>
                  <When ms={o.placed_at} />
                </td>
                <td>
                  <span className="sk-actions">
                    <StatusTag kind="stage" value={o.stage} />
                    <StatusTag kind="payment" value={o.payment_status} />
                  </span>
                </td>
                <td className="cu-end">
                  <Num value={o.units} />
                </td>
                <td className="cu-end">
                  <Money minor={o.total} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {list.hasMore && (
        <Button size="small" loading={list.fetching} onClick={list.loadMore}>
          {t("list.more")}
        </Button>
      )}
    </section>
  );
}
