export { DataList, type BulkAction, type Column, type DataListProps } from "./DataList";
export type { Filter, View } from "./ListBar";
