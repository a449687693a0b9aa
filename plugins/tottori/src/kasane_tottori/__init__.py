"""鳥取県の市町村支援: the plugin of Tottori Prefecture."""
