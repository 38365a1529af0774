export const strings = {
  title: 'Log in',
  email: 'Email',
  password: 'Password',
  submit: 'Log in',
  byLink: 'Logging you in with your link.',
  hint: 'No account yet? On the machine where Postrider runs:',
  command: 'npx postrider user create',
} as const;
