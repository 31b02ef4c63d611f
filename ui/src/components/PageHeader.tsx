import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ArrowLeftOutlined } from "./icons";

interface Props {
  title: ReactNode;
  /** Beside the title: status tags. */
  tags?: ReactNode;
  sub?: ReactNode;
  /** The list this page belongs to. */
  back?: string;
  actions?: ReactNode;
}

/** The head of every page, and its only h1. Wrap a page in `<div className="sk-page">` (`sk-page-fill` for a list). */
export function PageHeader({ title, tags, sub, back, actions }: Props) {
  const { t } = useTranslation();
  return (
    <header className="sk-header">
      {back && (
        <Link to={back} aria-label={t("common.back")} className="sk-header-back sk-button sk-button-text sk-button-icon">
          <ArrowLeftOutlined />
        </Link>
      )}
      <div className="sk-header-text">
        <div className="sk-actions">
          <h1>{title}</h1>
          {tags}
        </div>
        {sub && <div className="sk-header-sub">{sub}</div>}
      </div>
      {actions && <div className="sk-actions">{actions}</div>}
    </header>
  );
}
