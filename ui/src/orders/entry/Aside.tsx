import { Badge, Button, Dropdown } from "antd";
import { HistoryOutlined, PauseOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../lib/shop";
import { useTitles } from "../../lib/titles";
import { isTouched, roughTotals } from "./draft";
import type { KeptDraft, Parked } from "./useOrderDraft";

interface Props {
  draft: KeptDraft;
  disabled: boolean;
  onPark: () => void;
  onTake: (p: Parked) => void;
}

/** A buyer who has forgotten the purse: the order is set aside, and taken up again when they are back. */
export function Aside({ draft, disabled, onPark, onTake }: Props) {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  return (
    <>
      {draft.parked.length > 0 && (
        <Dropdown
          trigger={["click"]}
          disabled={disabled}
          menu={{
            items: draft.parked.map((p) => {
              const sum = roughTotals(p.draft);
              return {
                key: p.draft.commandId,
                label: (
                  <span className="so-aside">
                    <span>
                      {[p.draft.buyer?.name, p.draft.lines[0] && titles.title(p.draft.lines[0])].filter(Boolean).join(" · ") || t("orders.walkIn")}
                      <span className="sk-muted"> {t("orders.unitsOf", { n: f.count(sum.units) })}</span>
                    </span>
                    <span className="sk-money">{f.money(sum.total)}</span>
                    <span className="sk-muted">{f.ago(p.at)}</span>
                  </span>
                ),
                onClick: () => onTake(p),
              };
            }),
          }}
        >
          <Badge count={draft.parked.length} size="small">
            <Button icon={<HistoryOutlined />}>{t("orders.entry.parked")}</Button>
          </Badge>
        </Dropdown>
      )}
      {isTouched(draft.value) && !draft.value.sent && (
        <Button icon={<PauseOutlined />} disabled={disabled} onClick={onPark}>
          {t("orders.entry.park")} <kbd>F6</kbd>
        </Button>
      )}
    </>
  );
}
