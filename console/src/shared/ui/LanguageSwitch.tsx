// The language, each named in itself.
import { Button, Menu, VisuallyHidden } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { chooseLanguage, currentLanguage, type Language, LANGUAGES } from '../i18n/i18n';

const NAMES: Record<Language, string> = { en: 'English', ru: 'Русский' };

export function LanguageSwitch({ onChoose }: { onChoose?: (language: Language) => void }): ReactNode {
  const { t } = useTranslation();
  const current = currentLanguage();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          c="var(--mantine-color-text)"
          leftSection={<IconLanguage size={18} aria-hidden />}
        >
          {current.toUpperCase()}
          <VisuallyHidden>{`, ${t('common.language')}: ${NAMES[current]}`}</VisuallyHidden>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            aria-current={language === current}
            fw={language === current ? 600 : 400}
            onClick={() => {
              void chooseLanguage(language);
              onChoose?.(language);
            }}
          >
            {NAMES[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
