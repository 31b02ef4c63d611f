import { expect, it } from "vitest";
import { addressLine } from "./AddressFields";
import { listInput } from "./queries";

it("asks for the latest buyers first, unless told otherwise", () => {
  expect(listInput({})).toEqual({ query: "", sort: "last_order", ascending: false, limit: 100 });
  expect(listInput({ q: "zhang", sort: "total" })).toMatchObject({ query: "zhang", sort: "total", ascending: true });
  expect(listInput({ sort: "-nonsense" }).sort).toBe("last_order");
});

it("writes an address the way its country does", () => {
  expect(addressLine({ province: "浙江省", city: "杭州市", district: "西湖区", street: "文三路 1 号", postcode: "310012", country: "CN" })).toBe("浙江省杭州市西湖区文三路 1 号");
  expect(addressLine({ province: "北京市", city: "北京市", district: "朝阳区", street: "建国路 9 号" })).toBe("北京市朝阳区建国路 9 号");
  expect(addressLine({ street: "1 High Street", city: "Leeds", postcode: "LS1 4AB", country: "GB" })).toBe("1 High Street, Leeds, LS1 4AB, GB");
});
