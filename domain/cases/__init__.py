"""An application through its life: registered, accepted, changed, decided, certified."""
