import { Checkbox, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import type { Place } from "../bindings";

export type PlaceKind = Place["kind"];

/** A place of each kind about which nothing is known yet. */
export const NO_PLACE: { [K in PlaceKind]: Extract<Place, { kind: K }> } = {
  s3: { kind: "s3", endpoint: "", region: "us-east-1", bucket: "", prefix: "", access_key: "", path_style: true },
  webdav: { kind: "webdav", url: "", user: "" },
};

/** What must be known before anybody can be asked there. */
export function isWhole(place: Place): boolean {
  const needed = place.kind === "s3" ? [place.endpoint, place.region, place.bucket, place.access_key] : [place.url];
  return needed.every((text) => text.trim() !== "");
}

interface Props {
  value: Place;
  onChange: (place: Place) => void;
  secret: string;
  onSecret: (secret: string) => void;
  /** A secret is kept already: an empty field leaves it. */
  kept: boolean;
}

/** How to reach a bucket or a WebDAV folder. The secret is held by whoever shows this, and never written by the window. */
export function PlaceFields({ value: v, onChange, secret, onSecret, kept }: Props) {
  const { t } = useTranslation();
  const plain = { autoComplete: "off", spellCheck: false, maxLength: 1000 } as const;
  const hidden = <Input.Password id="pl-secret" value={secret} autoComplete="new-password" placeholder={kept ? t("place.kept") : ""} onChange={(e) => onSecret(e.target.value)} />;
  return (
    <Form component={false} layout="vertical">
      {v.kind === "s3" ? (
        <>
          <div className="sk-two sk-two-wide">
            <Form.Item label={t("place.endpoint")} htmlFor="pl-endpoint" extra={t("place.endpointHint")}>
              <Input id="pl-endpoint" {...plain} value={v.endpoint} placeholder="https://s3.eu-central-1.amazonaws.com" onChange={(e) => onChange({ ...v, endpoint: e.target.value })} />
            </Form.Item>
            <Form.Item label={t("place.region")} htmlFor="pl-region">
              <Input id="pl-region" {...plain} value={v.region} onChange={(e) => onChange({ ...v, region: e.target.value })} />
            </Form.Item>
          </div>
          <div className="sk-two">
            <Form.Item label={t("place.bucket")} htmlFor="pl-bucket">
              <Input id="pl-bucket" {...plain} value={v.bucket} onChange={(e) => onChange({ ...v, bucket: e.target.value })} />
            </Form.Item>
            <Form.Item label={t("place.prefix")} htmlFor="pl-prefix">
              <Input id="pl-prefix" {...plain} value={v.prefix} placeholder={t("place.optional")} onChange={(e) => onChange({ ...v, prefix: e.target.value })} />
            </Form.Item>
          </div>
          <div className="sk-two">
            <Form.Item label={t("place.accessKey")} htmlFor="pl-key">
              <Input id="pl-key" {...plain} value={v.access_key} onChange={(e) => onChange({ ...v, access_key: e.target.value })} />
            </Form.Item>
            <Form.Item label={t("place.secretKey")} htmlFor="pl-secret">
              {hidden}
            </Form.Item>
          </div>
          <Form.Item>
            <Checkbox id="pl-style" checked={v.path_style} onChange={(e) => onChange({ ...v, path_style: e.target.checked })}>
              {t("place.pathStyle")}
            </Checkbox>
          </Form.Item>
        </>
      ) : (
        <>
          <Form.Item label={t("place.url")} htmlFor="pl-url" extra={t("place.urlHint")}>
            <Input id="pl-url" {...plain} value={v.url} placeholder="https://cloud.example.com/remote.php/dav/files/shop/backups" onChange={(e) => onChange({ ...v, url: e.target.value })} />
          </Form.Item>
          <div className="sk-two">
            <Form.Item label={t("firstRun.user")} htmlFor="pl-user">
              <Input id="pl-user" {...plain} value={v.user} onChange={(e) => onChange({ ...v, user: e.target.value })} />
            </Form.Item>
            <Form.Item label={t("firstRun.password")} htmlFor="pl-secret">
              {hidden}
            </Form.Item>
          </div>
        </>
      )}
    </Form>
  );
}
