// What a shell has to read so that Tab completes `systole`. Each asks `systole completion --line` what fits.

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = String.raw`# systole completion bash; put it into ~/.bashrc: source <(systole completion bash)
_systole() {
  local IFS=$'\n'
  COMPREPLY=($(systole completion bash --line "${"$"}{COMP_LINE:0:COMP_POINT}" 2>/dev/null))
}
complete -o default -F _systole systole
`;

const ZSH = String.raw`#compdef systole
# systole completion zsh; put it into ~/.zshrc behind compinit: source <(systole completion zsh)
_systole() {
  local -a found
  found=("${"$"}{(@f)$(systole completion zsh --line "${"$"}{(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  found=(${"$"}{found:#})
  if (( $#found )); then compadd -a found; else _files; fi
}
compdef _systole systole
`;

const FISH = String.raw`# systole completion fish; put it into ~/.config/fish/config.fish: systole completion fish | source
function __systole_complete
  systole completion fish --line (commandline -cp) 2>/dev/null
end
complete -c systole -f -a '(__systole_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
