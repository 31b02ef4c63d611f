import { Button, Input } from "antd";
import { ArrowLeftOutlined, DeleteOutlined, PictureOutlined, PlusOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** Addresses of pictures, in order; the first is the cover. */
export function MediaEditor({ value, onChange }: { value: string[]; onChange: (media: string[]) => void }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState("");
  const [broken, setBroken] = useState<string[]>([]);
  const add = () => {
    const a = address.trim();
    if (a && !value.includes(a)) onChange([...value, a]);
    setAddress("");
  };
  return (
    <div>
      <ul className="ca-media">
        {value.map((m, i) => (
          <li key={m}>
            <span className="ca-picture">{broken.includes(m) ? <PictureOutlined title={t("catalog.pictureBroken")} /> : <img src={m} alt={t("catalog.pictureOf", { n: i + 1 })} loading="lazy" onError={() => setBroken((b) => [...b, m])} />}</span>
            <span className="sk-muted ca-address" title={m}>
              {i === 0 ? t("catalog.cover") : m}
            </span>
            <span className="sk-actions">
              {i > 0 && <Button size="small" icon={<ArrowLeftOutlined />} aria-label={t("catalog.pictureForward", { n: i + 1 })} onClick={() => onChange(value.map((x, n) => (n === i - 1 ? m : n === i ? (value[i - 1] ?? x) : x)))} />}
              <Button size="small" icon={<DeleteOutlined />} aria-label={t("catalog.pictureDrop", { n: i + 1 })} onClick={() => onChange(value.filter((x) => x !== m))} />
            </span>
          </li>
        ))}
      </ul>
      <div className="ca-quick">
        <Input value={address} aria-label={t("catalog.pictureAddress")} placeholder={t("catalog.pictureAddress")} spellCheck={false} maxLength={2000} onChange={(e) => setAddress(e.target.value)} onPressEnter={add} />
        <Button icon={<PlusOutlined />} disabled={address.trim() === ""} onClick={add}>
          {t("catalog.pictureAdd")}
        </Button>
      </div>
    </div>
  );
}
