import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { CampaignSummary } from '../../../src/contract/campaigns.ts';
import type { Page } from '../../../src/contract/common.ts';
import type { Contact } from '../../../src/contract/contacts.ts';
import type { IconName } from '../components/icon.tsx';
import { useCan } from '../lib/access.ts';
import { getJson, pathOf } from '../lib/api.ts';
import { nameOf, PLACES } from './places.ts';
import { strings } from './strings.ts';

/** One line of the palette. */
export interface PaletteItem {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  /** Beside the label: its keys, or where it belongs. */
  readonly hint?: string;
  readonly act: () => void;
}

export interface PaletteGroup {
  readonly label: string;
  readonly items: readonly PaletteItem[];
}

const MOST_FOUND = 5;

/** Everything that fits what was typed: places and commands at once, campaigns and contacts from the server. */
export function usePalette(text: string, isOpen: boolean): PaletteGroup[] {
  const places = usePlaces();
  const commands = useCommands();
  const found = useFound(text, isOpen);
  const fits = ({ label }: PaletteItem) => label.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase());
  return [
    { label: strings.palette.commands, items: text === '' ? [] : commands.filter(fits) },
    { label: strings.palette.goTo, items: places.filter(fits) },
    ...found,
    { label: strings.palette.commands, items: text === '' ? commands : [] },
  ].filter(({ items }) => items.length > 0);
}

function usePlaces(): PaletteItem[] {
  const navigate = useNavigate();
  return PLACES.map(({ id, icon, to, keys }) => ({
    id,
    icon,
    label: nameOf(id),
    hint: keys.join(' '),
    act: () => void navigate(to),
  }));
}

function useCommands(): PaletteItem[] {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const isEditor = useCan('editor');
  const isAdmin = useCan('admin');
  const words = strings.palette;
  const go = (id: string, icon: IconName, label: string, to: string) => ({
    id,
    icon,
    label,
    act: () => void navigate(to),
  });
  return [
    ...(isEditor ? [go('new-campaign', 'pencil', words.newCampaign, '/campaigns/new')] : []),
    ...(isEditor ? [go('import', 'import', words.importContacts, '/imports?new')] : []),
    ...(isAdmin ? [go('add-account', 'plus', words.addAccount, '/accounts?new')] : []),
    { id: 'to-dark', icon: 'moon', label: words.toDark, act: () => setColorScheme('dark') },
    { id: 'to-light', icon: 'sun', label: words.toLight, act: () => setColorScheme('light') },
  ];
}

function useFound(text: string, isOpen: boolean): PaletteGroup[] {
  const navigate = useNavigate();
  const search = text.trim();
  const enabled = isOpen && search.length > 1;
  const find = { enabled, staleTime: 10_000 };
  const query = { search, limit: MOST_FOUND };
  const campaigns = useQuery({
    ...find,
    queryKey: ['palette', 'campaigns', search],
    queryFn: ({ signal }) => getJson<Page<CampaignSummary>>(pathOf('/api/campaigns', query), signal),
  }).data?.items;
  const contacts = useQuery({
    ...find,
    queryKey: ['palette', 'contacts', search],
    queryFn: ({ signal }) => getJson<Page<Contact>>(pathOf('/api/contacts', query), signal),
  }).data?.items;
  return useMemo(() => {
    if (!enabled) return [];
    const campaignItems = (campaigns ?? []).map(({ id, name }) => ({
      id,
      icon: 'campaign' as const,
      label: name,
      act: () => void navigate(`/campaigns/${id}`),
    }));
    const contactItems = (contacts ?? []).map(({ id, email }) => ({
      id,
      icon: 'person' as const,
      label: email,
      act: () => void navigate(`/contacts/${id}`),
    }));
    return [
      { label: strings.palette.campaigns, items: campaignItems },
      { label: strings.palette.contacts, items: contactItems },
    ];
  }, [enabled, campaigns, contacts, navigate]);
}
