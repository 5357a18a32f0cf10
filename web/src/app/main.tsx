import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/ui.css';
import '../styles/form.css';
import '../styles/quota-bar.css';
import '../styles/acts.css';
import '../styles/shell.css';
import '../styles/forced.css';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { basePath } from '../lib/base';
import { startTheme } from '../lib/theme';
import { Providers } from './providers';
import { Routes } from './router';

startTheme();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <Router base={basePath()}>
    <Providers>
      <Routes />
    </Providers>
  </Router>,
);
