import { Component, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import styles from './session-gate.module.css';
import { strings } from './strings.ts';

/** A page that fails says so instead of turning white. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className={styles.page} role="alert">
        <div>
          <p>{strings.brokenPage}</p>
          <Button onClick={() => window.location.reload()}>{strings.reload}</Button>
        </div>
      </main>
    );
  }
}
