import { Component, type ReactNode } from "react";
import { ErrorNotice } from "../components/ErrorNotice";

/** The last net: when even the frame breaks, the person sees what to do, and every typed draft is on the device and in the shop. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <main className="sk-center">
        <ErrorNotice error={this.state.error} onRetry={() => window.location.reload()} />
      </main>
    );
  }
}
