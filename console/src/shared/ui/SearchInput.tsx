// A search whose words stand in the address, a moment after they were typed.
import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

const PAUSE_MS = 250;

interface Props {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

export function SearchInput({ label, value, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value ?? '');
  const [known, setKnown] = useState(value);
  // The back button changes the address; what is typed follows.
  if (known !== value) {
    setKnown(value);
    if ((value ?? '') !== typed.trim()) setTyped(value ?? '');
  }
  const tell = useDebouncedCallback((text: string, page: string) => {
    // Whoever has followed a link meanwhile would find the words in the address of the next page.
    if (page !== window.location.pathname) return;
    onChange(text.trim() === '' ? undefined : text.trim());
  }, PAUSE_MS);
  const type = (text: string): void => {
    setTyped(text);
    tell(text, window.location.pathname);
  };
  return (
    <TextInput
      className="search-input"
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} />}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      rightSection={typed !== '' && <CloseButton size="sm" aria-label={t('common.clear')} onClick={() => type('')} />}
    />
  );
}
