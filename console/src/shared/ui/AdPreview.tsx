// An ad as the client sees it.
import { Card, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  title: string;
  text: string;
  by?: string | undefined;
  /** Where a click leads. */
  landingUrl?: string | undefined;
  imageUrl?: string | undefined;
  children?: ReactNode;
}

/** The part of an address that people know a site by. */
function siteOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}

/** Of an image on this server, by whichever name the console was opened: the policy lets in no other. */
function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** The image in a list, small; nothing where there is none. */
export function AdThumbnail({ imageUrl }: { imageUrl: string | null | undefined }): ReactNode {
  if (imageUrl == null) return null;
  return <img src={pathOf(imageUrl)} alt="" className="ad-thumbnail" />;
}

export function AdPreview({ title, text, by, landingUrl = '', imageUrl, children }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Card padding="lg" radius="lg" shadow="sm" maw="26rem" w="100%">
      {imageUrl !== undefined && (
        <Card.Section>
          <img src={pathOf(imageUrl)} alt="" className="ad-image" />
        </Card.Section>
      )}
      <Stack gap="xs" {...(imageUrl === undefined ? {} : { mt: 'md' })}>
        <Text size="xs" c="dimmed">
          {t('ad.label')}
          {by !== undefined && by !== '' && ` · ${by}`}
        </Text>
        <Text fw={650} size="lg" className="break-anywhere">
          {title || t('ad.noTitle')}
        </Text>
        <Text size="sm" className="break-anywhere" style={{ whiteSpace: 'pre-line' }}>
          {text || t('ad.noText')}
        </Text>
        {landingUrl !== '' && (
          <Text size="xs" c="dimmed" className="break-anywhere" title={landingUrl}>
            {siteOf(landingUrl)}
          </Text>
        )}
        {children}
      </Stack>
    </Card>
  );
}
