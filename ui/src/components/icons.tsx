import AppstoreOutlinedPicture from "@ant-design/icons-svg/es/asn/AppstoreOutlined";
import ArrowDownOutlinedPicture from "@ant-design/icons-svg/es/asn/ArrowDownOutlined";
import ArrowLeftOutlinedPicture from "@ant-design/icons-svg/es/asn/ArrowLeftOutlined";
import ArrowUpOutlinedPicture from "@ant-design/icons-svg/es/asn/ArrowUpOutlined";
import AuditOutlinedPicture from "@ant-design/icons-svg/es/asn/AuditOutlined";
import BarChartOutlinedPicture from "@ant-design/icons-svg/es/asn/BarChartOutlined";
import BellOutlinedPicture from "@ant-design/icons-svg/es/asn/BellOutlined";
import CarOutlinedPicture from "@ant-design/icons-svg/es/asn/CarOutlined";
import CheckCircleFilledPicture from "@ant-design/icons-svg/es/asn/CheckCircleFilled";
import CheckCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/CheckCircleOutlined";
import CheckOutlinedPicture from "@ant-design/icons-svg/es/asn/CheckOutlined";
import ClockCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/ClockCircleOutlined";
import CloseCircleFilledPicture from "@ant-design/icons-svg/es/asn/CloseCircleFilled";
import CloseCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/CloseCircleOutlined";
import DashboardOutlinedPicture from "@ant-design/icons-svg/es/asn/DashboardOutlined";
import DatabaseOutlinedPicture from "@ant-design/icons-svg/es/asn/DatabaseOutlined";
import DesktopOutlinedPicture from "@ant-design/icons-svg/es/asn/DesktopOutlined";
import DisconnectOutlinedPicture from "@ant-design/icons-svg/es/asn/DisconnectOutlined";
import DollarOutlinedPicture from "@ant-design/icons-svg/es/asn/DollarOutlined";
import EditOutlinedPicture from "@ant-design/icons-svg/es/asn/EditOutlined";
import EnterOutlinedPicture from "@ant-design/icons-svg/es/asn/EnterOutlined";
import ExclamationCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/ExclamationCircleOutlined";
import FileUnknownOutlinedPicture from "@ant-design/icons-svg/es/asn/FileUnknownOutlined";
import GlobalOutlinedPicture from "@ant-design/icons-svg/es/asn/GlobalOutlined";
import HistoryOutlinedPicture from "@ant-design/icons-svg/es/asn/HistoryOutlined";
import ImportOutlinedPicture from "@ant-design/icons-svg/es/asn/ImportOutlined";
import InboxOutlinedPicture from "@ant-design/icons-svg/es/asn/InboxOutlined";
import InfoCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/InfoCircleOutlined";
import MenuFoldOutlinedPicture from "@ant-design/icons-svg/es/asn/MenuFoldOutlined";
import MenuOutlinedPicture from "@ant-design/icons-svg/es/asn/MenuOutlined";
import MenuUnfoldOutlinedPicture from "@ant-design/icons-svg/es/asn/MenuUnfoldOutlined";
import MinusCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/MinusCircleOutlined";
import MinusOutlinedPicture from "@ant-design/icons-svg/es/asn/MinusOutlined";
import MoonOutlinedPicture from "@ant-design/icons-svg/es/asn/MoonOutlined";
import NumberOutlinedPicture from "@ant-design/icons-svg/es/asn/NumberOutlined";
import LockOutlinedPicture from "@ant-design/icons-svg/es/asn/LockOutlined";
import LogoutOutlinedPicture from "@ant-design/icons-svg/es/asn/LogoutOutlined";
import PauseCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/PauseCircleOutlined";
import PieChartOutlinedPicture from "@ant-design/icons-svg/es/asn/PieChartOutlined";
import PlusCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/PlusCircleOutlined";
import PlusOutlinedPicture from "@ant-design/icons-svg/es/asn/PlusOutlined";
import QuestionCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/QuestionCircleOutlined";
import RightCircleOutlinedPicture from "@ant-design/icons-svg/es/asn/RightCircleOutlined";
import RollbackOutlinedPicture from "@ant-design/icons-svg/es/asn/RollbackOutlined";
import SafetyOutlinedPicture from "@ant-design/icons-svg/es/asn/SafetyOutlined";
import SearchOutlinedPicture from "@ant-design/icons-svg/es/asn/SearchOutlined";
import SettingOutlinedPicture from "@ant-design/icons-svg/es/asn/SettingOutlined";
import ShopOutlinedPicture from "@ant-design/icons-svg/es/asn/ShopOutlined";
import ShoppingOutlinedPicture from "@ant-design/icons-svg/es/asn/ShoppingOutlined";
import SlidersOutlinedPicture from "@ant-design/icons-svg/es/asn/SlidersOutlined";
import StopOutlinedPicture from "@ant-design/icons-svg/es/asn/StopOutlined";
import SunOutlinedPicture from "@ant-design/icons-svg/es/asn/SunOutlined";
import SwapOutlinedPicture from "@ant-design/icons-svg/es/asn/SwapOutlined";
import SyncOutlinedPicture from "@ant-design/icons-svg/es/asn/SyncOutlined";
import TagsOutlinedPicture from "@ant-design/icons-svg/es/asn/TagsOutlined";
import TeamOutlinedPicture from "@ant-design/icons-svg/es/asn/TeamOutlined";
import UserAddOutlinedPicture from "@ant-design/icons-svg/es/asn/UserAddOutlined";
import UserOutlinedPicture from "@ant-design/icons-svg/es/asn/UserOutlined";
import WalletOutlinedPicture from "@ant-design/icons-svg/es/asn/WalletOutlined";
import WifiOutlinedPicture from "@ant-design/icons-svg/es/asn/WifiOutlined";
import WarningOutlinedPicture from "@ant-design/icons-svg/es/asn/WarningOutlined";
import type { IconDefinition } from "@ant-design/icons-svg/es/types";
import { createElement, type ComponentProps } from "react";

interface Props extends ComponentProps<"span"> {
  spin?: boolean;
}

/**
 * A picture of Ant Design's set without the machinery of its component, which for the forty of the first screen and the
 * hundred and fifty of a list is dear. It says nothing to a screen reader unless it has a label.
 */
function icon({ icon: picture }: IconDefinition) {
  return function Icon({ spin, className = "", ...rest }: Props) {
    if (typeof picture === "function") return null;
    return (
      <span className={`sk-icon${spin ? " sk-spin" : ""} ${className}`} {...(rest["aria-label"] ? { role: "img" } : { "aria-hidden": true })} {...rest}>
        <svg viewBox={picture.attrs.viewBox} width="1em" height="1em" fill="currentColor" aria-hidden="true">
          {picture.children?.map((part, i) => createElement(part.tag, { key: i, ...part.attrs }))}
        </svg>
      </span>
    );
  };
}

export const AppstoreOutlined = icon(AppstoreOutlinedPicture);
export const ArrowDownOutlined = icon(ArrowDownOutlinedPicture);
export const ArrowLeftOutlined = icon(ArrowLeftOutlinedPicture);
export const ArrowUpOutlined = icon(ArrowUpOutlinedPicture);
export const AuditOutlined = icon(AuditOutlinedPicture);
export const BarChartOutlined = icon(BarChartOutlinedPicture);
export const BellOutlined = icon(BellOutlinedPicture);
export const CarOutlined = icon(CarOutlinedPicture);
export const CheckCircleFilled = icon(CheckCircleFilledPicture);
export const CheckCircleOutlined = icon(CheckCircleOutlinedPicture);
export const CheckOutlined = icon(CheckOutlinedPicture);
export const ClockCircleOutlined = icon(ClockCircleOutlinedPicture);
export const CloseCircleFilled = icon(CloseCircleFilledPicture);
export const CloseCircleOutlined = icon(CloseCircleOutlinedPicture);
export const DashboardOutlined = icon(DashboardOutlinedPicture);
export const DatabaseOutlined = icon(DatabaseOutlinedPicture);
export const DesktopOutlined = icon(DesktopOutlinedPicture);
export const DollarOutlined = icon(DollarOutlinedPicture);
export const EditOutlined = icon(EditOutlinedPicture);
export const EnterOutlined = icon(EnterOutlinedPicture);
export const ExclamationCircleOutlined = icon(ExclamationCircleOutlinedPicture);
export const FileUnknownOutlined = icon(FileUnknownOutlinedPicture);
export const GlobalOutlined = icon(GlobalOutlinedPicture);
export const HistoryOutlined = icon(HistoryOutlinedPicture);
export const ImportOutlined = icon(ImportOutlinedPicture);
export const InboxOutlined = icon(InboxOutlinedPicture);
export const InfoCircleOutlined = icon(InfoCircleOutlinedPicture);
export const MenuFoldOutlined = icon(MenuFoldOutlinedPicture);
export const MenuOutlined = icon(MenuOutlinedPicture);
export const MenuUnfoldOutlined = icon(MenuUnfoldOutlinedPicture);
export const MinusCircleOutlined = icon(MinusCircleOutlinedPicture);
export const MinusOutlined = icon(MinusOutlinedPicture);
export const MoonOutlined = icon(MoonOutlinedPicture);
export const NumberOutlined = icon(NumberOutlinedPicture);
export const LockOutlined = icon(LockOutlinedPicture);
export const LogoutOutlined = icon(LogoutOutlinedPicture);
export const PauseCircleOutlined = icon(PauseCircleOutlinedPicture);
export const PieChartOutlined = icon(PieChartOutlinedPicture);
export const PlusCircleOutlined = icon(PlusCircleOutlinedPicture);
export const PlusOutlined = icon(PlusOutlinedPicture);
export const QuestionCircleOutlined = icon(QuestionCircleOutlinedPicture);
export const RightCircleOutlined = icon(RightCircleOutlinedPicture);
export const RollbackOutlined = icon(RollbackOutlinedPicture);
export const SafetyOutlined = icon(SafetyOutlinedPicture);
export const SearchOutlined = icon(SearchOutlinedPicture);
export const SettingOutlined = icon(SettingOutlinedPicture);
export const ShopOutlined = icon(ShopOutlinedPicture);
export const ShoppingOutlined = icon(ShoppingOutlinedPicture);
export const SlidersOutlined = icon(SlidersOutlinedPicture);
export const StopOutlined = icon(StopOutlinedPicture);
export const SunOutlined = icon(SunOutlinedPicture);
export const SwapOutlined = icon(SwapOutlinedPicture);
export const SyncOutlined = icon(SyncOutlinedPicture);
export const TagsOutlined = icon(TagsOutlinedPicture);
export const TeamOutlined = icon(TeamOutlinedPicture);
export const UserAddOutlined = icon(UserAddOutlinedPicture);
export const UserOutlined = icon(UserOutlinedPicture);
export const WalletOutlined = icon(WalletOutlinedPicture);
export const WifiOutlined = icon(WifiOutlinedPicture);
export const DisconnectOutlined = icon(DisconnectOutlinedPicture);
export const WarningOutlined = icon(WarningOutlinedPicture);
