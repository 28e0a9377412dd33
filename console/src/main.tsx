// The console starts here.
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './shared/ui/ui.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App, askAhead } from './app/App';
import { startTranslation } from './shared/i18n/i18n';

async function start(): Promise<void> {
  askAhead();
  await startTranslation();
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no place for the console');
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
