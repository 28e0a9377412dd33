// Made by npm run generate from the server's OpenAPI document. Do not edit.

export interface paths {
    "/ads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an ad for a client
         * @description Unseen ads come first; a first show is counted and billed, and durable before it is answered. When there is nothing
         *     to show: 404 with the code `no-ad`. A site that lets its visitors follow `click_url` need not report their clicks.
         */
        get: operations["getAdForClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ads/{adId}/click": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take note of a click
         * @description Billed once per client and campaign, if the client had an impression of it. A click that cannot be billed is kept
         *     with its reason and answered 204 as well.
         */
        post: operations["recordAdClick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/advertisers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List advertisers
         * @description Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listAdvertisers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/advertisers/{advertiserId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an advertiser */
        get: operations["getAdvertiserById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/advertisers/{advertiserId}/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an advertiser's campaigns
         * @description Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listCampaigns"];
        put?: never;
        /**
         * Create a campaign
         * @description It is shown from its start date on; when that is today, from the next request on.
         */
        post: operations["createCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/advertisers/{advertiserId}/campaigns/{campaignId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a campaign */
        get: operations["getCampaignById"];
        /**
         * Replace a campaign's terms
         * @description Every required field must be there; an absent targeting clears it. After the start both limits and both dates are
         *     frozen: a changed value is refused, the same value is fine.
         */
        put: operations["updateCampaign"];
        post?: never;
        /**
         * Delete a campaign
         * @description It is shown and found no more; what it spent stays in its advertiser's totals.
         */
        delete: operations["deleteCampaign"];
        options?: never;
        head?: never;
        /**
         * Change some of a campaign's terms
         * @description RFC 7386 merge: what is absent stays, `null` clears a restriction of the targeting. The rules of PUT hold for the result.
         */
        patch: operations["patchCampaign"];
        trace?: never;
    };
    "/advertisers/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create or rename advertisers
         * @description All or none; up to 10,000. The same id twice: the last one wins, and the answer holds it once.
         */
        post: operations["upsertAdvertisers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log of the installation
         * @description Of every project and of none, newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listTrail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit log of the installation
         * @description Every line that fits, newest first. The export leaves a line itself.
         */
        get: operations["exportTrail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends this session at once: its access token and its refresh token open nothing any more.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password
         * @description Ends all other sessions of the user.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/forgotten": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a link to set a new password
         * @description It is mailed to the account with that e-mail, if there is one; the answer is the same when there is none.
         */
        post: operations["forgetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by the link in a mail
         * @description The link is good once, and for an hour. All sessions of the user end.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stay logged in
         * @description Answers new tokens for the refresh token, which is used up. One that was replaced less than ten seconds ago answers its
         *     successor; one that was replaced before that ends the session, because two people hold it.
         */
        post: operations["refreshToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Who may is the operator's decision (`accounts.registration`). The first user of an installation becomes its administrator.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/registration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who may register?
         * @description What a sign-in page must know before anybody is known.
         */
        get: operations["getRegistration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description An unknown e-mail and a wrong password are answered alike. After repeated failures an account and an address have to
         *     wait, longer each time.
         */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/installation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How does the installation do? */
        get: operations["getInstallation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/installation/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How does each part do?
         * @description Asks every part now, for at most 5 seconds: the database, whether this server owns it, how far the outbox is behind, the
         *     warehouse, and the services for mail, cache and objects, which log in, or write and remove a small value. No mail is sent. 200 whatever is found.
         */
        get: operations["getInstallationHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/installation/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all projects
         * @description Of everybody, newest first, archived ones too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listAllProjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/installation/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The settings of the installation */
        get: operations["getInstallationSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the settings of the installation
         * @description They hold when this answers, and after a restart, over what is configured. `null` takes a decision back.
         */
        patch: operations["changeInstallationSettings"];
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs
         * @description Of every project and of none, newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a job */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{jobId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job
         * @description One that waits never runs. One that runs is asked to end; until it has, `is_cancel_asked` says so.
         */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{jobId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a job
         * @description One that is dead or cancelled begins anew, with all its attempts.
         */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I? */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change my account */
        patch: operations["changeMe"];
        trace?: never;
    };
    "/api/v1/me/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description It must have been mailed to your e-mail. Who has no account yet sends the same token with `POST /api/v1/auth/register`.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my sessions
         * @description Wherever you are logged in, the one used last first.
         */
        get: operations["listMySessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of my sessions
         * @description Whoever uses it is logged out at once.
         */
        delete: operations["endMySession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my projects
         * @description Where you are a member, newest first, archived ones too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjects"];
        put?: never;
        /**
         * Create a project
         * @description You become its owner. What you do not say is the installation's default.
         */
        post: operations["createProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a project */
        get: operations["getProject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a project
         * @description The currency only while nothing was spent. Another ranking holds from the next ad on.
         */
        patch: operations["changeProject"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/ads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List ads of a project
         * @description Of all campaigns, but for deleted ones. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectAds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/ads/{adId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an ad
         * @description Its version stands in `ETag`.
         */
        get: operations["getProjectAd"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an ad
         * @description RFC 7386 merge: what is absent stays. What changes in its creative changes in every ad that shows it; `creative_id` lets it show
         *     another one. `archived` puts it away, from where it comes back as `paused`. With `If-Match`, only while it is still that version;
         *     else 412.
         */
        patch: operations["changeProjectAd"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/ads/{adId}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an ad delivered
         * @description In total and by day. The ads of a campaign together delivered what the campaign did.
         */
        get: operations["getProjectAdStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List advertisers of a project
         * @description With their money. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectAdvertisers"];
        put?: never;
        /** Create an advertiser */
        post: operations["createProjectAdvertiser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an advertiser of a project
         * @description The tag of what it is now stands in `ETag`.
         */
        get: operations["getProjectAdvertiser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an advertiser
         * @description RFC 7386 merge: what is absent stays. It is archived while it has no campaign that is not; else 409. With `If-Match`, only while it
         *     is still what that tag was of; else 412.
         */
        patch: operations["changeProjectAdvertiser"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an advertiser's account
         * @description What is spent counts against `spendable` at once; it is posted to the balance within half a minute.
         */
        get: operations["getAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an advertiser's account
         * @description What is absent stays. With `If-Match`, only while it is still that version; else 412. A limit below what the advertiser owes is
         *     refused: it would be passed already.
         */
        patch: operations["changeAccount"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set an advertiser's balance right
         * @description By an amount of either sign. One below zero takes no more than may still be spent.
         */
        post: operations["adjustBalance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give spend back to an advertiser
         * @description No more than it has spent. Invalid clicks are given back by `POST .../clicks/refund`, which takes them out of the statistics too.
         */
        post: operations["refundSpend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/statement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an advertiser's statement
         * @description Opening balance, what was posted by day and kind, closing balance. Without dates: this month up to today. Spend of the last half
         *     a minute may not be posted yet.
         */
        get: operations["getStatement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/top-ups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Top an advertiser's account up
         * @description Its campaigns go on at once. The same `Idempotency-Key` with the same body changes nothing and answers the same; with another
         *     body it is refused.
         */
        post: operations["topUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/account/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an advertiser's transactions
         * @description The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/clicks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List clicks on an advertiser's ads
         * @description Latest first, those that were not billed too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listClicks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/clicks/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refund invalid clicks
         * @description All or none of them, in one transaction. They stay in the list as `invalid`, with the reason; statistics count them no more,
         *     and their campaigns may earn that many clicks again. The same `Idempotency-Key` with the same body changes nothing and answers
         *     the same.
         */
        post: operations["refundClicks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/advertisers/{advertiserId}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an advertiser's campaigns delivered
         * @description Together, deleted ones too; in total and by day.
         */
        get: operations["getProjectAdvertiserStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive a project
         * @description Its ads are shown no more, its keys open nothing, nothing in it can be changed. Everything stays, and it can be restored.
         */
        post: operations["archiveProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log of a project
         * @description Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectTrail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit log of a project
         * @description Every line that fits, newest first. The export leaves a line itself.
         */
        get: operations["exportProjectTrail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List campaigns of a project
         * @description The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectCampaigns"];
        put?: never;
        /**
         * Create a campaign in a project
         * @description Dates are days of the project's time zone; without `end_date` the end is open. A draft is shown to nobody until it is launched.
         */
        post: operations["createProjectCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/campaigns/{campaignId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a campaign of a project
         * @description Its version stands in `ETag`.
         */
        get: operations["getProjectCampaign"];
        put?: never;
        post?: never;
        /**
         * Delete a campaign of a project
         * @description It is shown and found no more; what it spent stays in its advertiser's totals. To keep its statistics, archive it. With
         *     `If-Match`, only while it is still that version; else 412.
         */
        delete: operations["deleteProjectCampaign"];
        options?: never;
        head?: never;
        /**
         * Change a campaign of a project
         * @description RFC 7386 merge: what is absent stays, `null` clears what may be absent. After the start limits may be raised, or lowered to no
         *     less than what is delivered, and the end may be moved to today or later. With `If-Match`, only while it is still that version;
         *     else 412.
         */
        patch: operations["changeProjectCampaign"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/campaigns/{campaignId}/ads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a campaign's ads
         * @description The oldest is the one that the ad contract knows. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listCampaignAds"];
        put?: never;
        /**
         * Add an ad to a campaign
         * @description With a creative that is made with it, or one that there is. The ads of a campaign are shown in proportion to their weights; a client
         *     who asks again is shown the same one.
         */
        post: operations["createCampaignAd"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/campaigns/{campaignId}/delivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why a campaign is not delivered
         * @description Each thing that keeps it from being given now, with its numbers and when it ends by itself. An empty list: it is given.
         */
        get: operations["getProjectCampaignDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/campaigns/{campaignId}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Duplicate a campaign
         * @description A draft with the same terms, for a flight that begins today and lasts as long.
         */
        post: operations["duplicateProjectCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/campaigns/{campaignId}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a campaign delivered
         * @description In total and by day.
         */
        get: operations["getProjectCampaignStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/campaigns/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause, resume or archive campaigns
         * @description All of them or none: an id at fault is named, and nothing is changed. One that is so already stays as it is.
         */
        post: operations["changeProjectCampaigns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/channels/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the rules of channels */
        get: operations["listChannelRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/channels/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try the rules of channels
         * @description By which channel a visit with these traces would have come.
         */
        post: operations["testChannelRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List clients of a project
         * @description The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectClients"];
        put?: never;
        /**
         * Create a client
         * @description Many at once, made or changed, are taken by `POST /clients/bulk`.
         */
        post: operations["createProjectClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/clients/{clientId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a client of a project
         * @description The tag of what is told of them stands in `ETag`.
         */
        get: operations["getProjectClient"];
        put?: never;
        post?: never;
        /**
         * Erase a client
         * @description Their profile, scores, impressions and clicks are deleted; counters, spend and statistics stay, without them. It cannot be
         *     taken back. A client who was erased before is not found.
         */
        delete: operations["eraseClientOfProject"];
        options?: never;
        head?: never;
        /**
         * Change a client
         * @description RFC 7386 merge: what is absent stays. The next ad is chosen for who they are then. With `If-Match`, only while they are still what
         *     that tag was of; else 412.
         */
        patch: operations["changeProjectClient"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/clients/{clientId}/ad": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a client of a sandbox an ad
         * @description What they would get: it is counted and billed as any other. 404 with the code `no-ad` when there is nothing to show.
         */
        post: operations["showAdToClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/clients/{clientId}/clicks/{campaignId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Click an ad for a client of a sandbox
         * @description Billed once per client and campaign, if the client had an impression of it.
         */
        post: operations["clickForClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/clients/random": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get some client or other
         * @description Another one each time, when there are several.
         */
        get: operations["getRandomProjectClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/creatives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List creatives of a project
         * @description The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectCreatives"];
        put?: never;
        /**
         * Create a creative
         * @description No ad shows it yet.
         */
        post: operations["createProjectCreative"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/creatives/{creativeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a creative
         * @description Its version stands in `ETag`.
         */
        get: operations["getProjectCreative"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a creative
         * @description RFC 7386 merge: what is absent stays. Every ad that shows it shows the change. It is archived while no ad that is not archived shows
         *     it; else 409. With `If-Match`, only while it is still that version; else 412.
         */
        patch: operations["changeProjectCreative"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/creatives/{creativeId}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a creative delivered
         * @description The ads that show it now, together; in total and by day.
         */
        get: operations["getProjectCreativeStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/dashboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List dashboards
         * @description By name. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listDashboards"];
        put?: never;
        /** Create a dashboard */
        post: operations["createDashboard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/dashboards/{dashboardId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a dashboard
         * @description Its version stands in `ETag`.
         */
        get: operations["getDashboard"];
        /**
         * Change a dashboard
         * @description The whole of it. With `If-Match`, only while it is still that version; else 412.
         */
        put: operations["changeDashboard"];
        post?: never;
        /**
         * Delete a dashboard
         * @description With its links. With `If-Match`, only while it is still that version; else 412.
         */
        delete: operations["deleteDashboard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/dashboards/{dashboardId}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what a dashboard shows
         * @description Every widget's report in one round trip. The parameters are in place of the dashboard's and its widgets' own period.
         */
        get: operations["getDashboardData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/dashboards/{dashboardId}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Duplicate a dashboard */
        post: operations["duplicateDashboard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/dashboards/{dashboardId}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List links to a dashboard
         * @description Oldest first, the revoked ones too.
         */
        get: operations["listDashboardLinks"];
        put?: never;
        /**
         * Share a dashboard
         * @description Makes a link by which anybody may look at it. The answer shows its token, once.
         */
        post: operations["shareDashboard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/dashboards/{dashboardId}/links/{linkId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a link to a dashboard
         * @description At once, and for good.
         */
        delete: operations["unshareDashboard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/decisions/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a client would be given
         * @description Every campaign that is not archived: candidates first, with their scores, in the order in which they would be given; then those
         *     that are refused, with the reasons. A search leaves out the others, and changes nothing of what is said of these. Counts nothing and
         *     changes nothing.
         */
        get: operations["previewDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send events
         * @description Up to 1,000, all or none, on disk before the answer. A batch that is sent again changes nothing. Fields that are not known are
         *     kept as attributes, and named in the answer.
         */
        post: operations["sendEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List files
         * @description Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listFiles"];
        put?: never;
        /**
         * Upload an image
         * @description JPEG or PNG, told by its content, as the body: at most 5 MiB, and 4096 x 4096 pixels. The same bytes once more are the
         *     same file.
         */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/files/{fileId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a file
         * @description What is known of it; `image_url` is where its bytes are.
         */
        get: operations["getFile"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description For good, unless a creative shows it (409 with the code `file-in-use`). Browsers that have loaded it keep it.
         */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List imports
         * @description Newest first, of the days that jobs are kept for. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listImports"];
        put?: never;
        /**
         * Import a file
         * @description CSV, JSON lines or Parquet, up to 1 GiB, as the body. Answers a job to watch, cancel and retry; importing a file again changes
         *     nothing. Rows that cannot be read are told afterwards, with line, code and reason.
         */
        post: operations["importFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/imports/{jobId}/rejects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rejected rows of an import
         * @description A CSV file: line, field, code, reason, and the row as it stood; only a header when there are none. With `format=json` the first
         *     100 of them.
         */
        get: operations["getImportRejects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/imports/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at a file before importing it
         * @description Send its beginning (of Parquet the whole file). Answers what it is taken for, and which column for which field.
         */
        post: operations["previewImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invitations
         * @description Those that wait to be accepted, newest first.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite somebody
         * @description By a link in a mail, good once and for a week. Whether they have an account makes no difference to the answer.
         */
        post: operations["createInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/invitations/{invitationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Withdraw an invitation
         * @description Its link is worth nothing any more.
         */
        delete: operations["withdrawInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the jobs of a project
         * @description Those that concern your role, newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a job of a project */
        get: operations["getProjectJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/jobs/{jobId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job of a project
         * @description One that waits never runs. One that runs is asked to end; until it has, `is_cancel_asked` says so.
         */
        post: operations["cancelProjectJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/jobs/{jobId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a job of a project
         * @description One that is dead or cancelled begins anew, with all its attempts.
         */
        post: operations["retryProjectJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description Newest first, the revoked ones too. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create a key
         * @description The answer shows it, once.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description From the next request on it opens nothing, for good.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List members
         * @description In the order in which they came. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a member another role
         * @description One owner is always left. An administrator may appoint any user, member or not.
         */
        put: operations["setMemberRole"];
        post?: never;
        /**
         * Remove a member
         * @description From the next request on they see nothing of the project. One owner is always left.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/reports/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for several reports
         * @description A dashboard's widgets in one round trip, and what made their differences. Answers stand in the order of the questions; one that
         *     fails does not spoil the others.
         */
        post: operations["batchReports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/reports/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain a difference
         * @description What contributed most to the difference of a metric between two ranges. Contributions add up to the difference, of ratios as well.
         */
        post: operations["explainChanges"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/reports/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a report
         * @description The parameters of `GET .../reports/kpi`, or its body; all rows, up to 100,000, unless `limit` says how many.
         */
        get: operations["getExport"];
        put?: never;
        /** Export a report with a body */
        post: operations["postExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/reports/kpi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask for a report
         * @description By parameters; a body like that of `POST` is understood as well, and must not say what a parameter says.
         */
        get: operations["getReport"];
        put?: never;
        /** Ask for a report with a body */
        post: operations["postReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/reports/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List metrics and dimensions */
        get: operations["listMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/reports/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the settings of reports */
        get: operations["getReportSettings"];
        /**
         * Change the settings of reports
         * @description From the next report on, for all times.
         */
        put: operations["setReportSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a project
         * @description It goes on where it was archived.
         */
        post: operations["restoreProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/saved_reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List saved reports
         * @description By name. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listSavedReports"];
        put?: never;
        /** Save a report */
        post: operations["createSavedReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/saved_reports/{savedReportId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a saved report
         * @description Its version stands in `ETag`.
         */
        get: operations["getSavedReport"];
        /**
         * Change a saved report
         * @description The whole of it. With `If-Match`, only while it is still that version; else 412.
         */
        put: operations["changeSavedReport"];
        post?: never;
        /**
         * Delete a saved report
         * @description With `If-Match`, only while it is still that version; else 412.
         */
        delete: operations["deleteSavedReport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/saved_reports/{savedReportId}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what a saved report shows
         * @description The parameters are in place of its own period.
         */
        get: operations["getSavedReportData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which day is it in a project? */
        get: operations["getProjectDay"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/time/advance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the day of a sandbox
         * @description Forwards or backwards; without a body, one day on. What happened stays as it happened.
         */
        post: operations["advanceProjectDay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List transactions of a project
         * @description Of all advertisers. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listProjectTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/transactions/{transactionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a transaction
         * @description It is as it was posted: none is ever changed.
         */
        get: operations["getProjectTransaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Oldest first. A project has at most 20: they come all at once.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description The answer shows the secret, once. What has happened before is not told.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/webhooks/{webhookId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook
         * @description Without its secret.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description With everything that is known of its deliveries. What is on its way is not sent any more.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description What is on its way already goes to the new address.
         */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description What a webhook was sent, newest first, of the last 30 days. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message once more
         * @description The same, under the same id: who has had it can tell.
         */
        post: operations["replayDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/webhooks/{webhookId}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a ping
         * @description To see whether the address answers, also while the webhook is switched off. What becomes of it stands among its deliveries.
         */
        post: operations["pingWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{projectId}/webhooks/{webhookId}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew a webhook's secret
         * @description Messages are signed with the new one from now on; the answer shows it, once.
         */
        post: operations["renewWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shared/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a shared dashboard
         * @description By the token of a link, without a login.
         */
        get: operations["getSharedDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shared/{token}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what a shared dashboard shows
         * @description As its makers set it up; nothing can be asked for instead, and there are no parameters.
         */
        get: operations["getSharedDashboardData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Newest first. The total stands in `X-Total-Count`, the neighbouring pages in `Link`.
         */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a user
         * @description Blocks them or lets them in again, makes them an administrator or takes that back.
         */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/c/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow the link of an ad
         * @description A `click_url`. Counts the click, once for each client, by the rules of `POST /ads/{adId}/click`, and redirects to the landing page of
         *     the ad with the click's id (`bclid`) and UTM. What an expired link, a browser that loads in advance, or a program does is kept and
         *     not billed; it is redirected alike.
         */
        get: operations["followAdLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/clients/{clientId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a client */
        get: operations["getClientById"];
        put?: never;
        post?: never;
        /**
         * Erase a client
         * @description Their profile, scores, impressions and clicks are deleted; counters, spend and statistics stay, without them. It cannot be
         *     taken back. A client who was erased before is not found.
         */
        delete: operations["eraseClient"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/clients/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create or change clients
         * @description All or none; up to 10,000. The same id twice: the last one wins, and the answer holds it once.
         */
        post: operations["upsertClients"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Load an image
         * @description For anybody who knows its name. It may be kept for ever: what a name means never changes. Parts of it are sent to whoever
         *     asks with `Range`.
         */
        get: operations["loadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alive?
         * @description Answers as long as the process runs, whatever the database does.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description Counters and timings in Prometheus' text format.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ml-scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set an ML score */
        post: operations["upsertMLScore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ml-scores/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set many ML scores
         * @description All or none; up to 10,000. The same pair twice: the last one wins.
         */
        post: operations["upsertMLScores"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready?
         * @description Asks the database. A load balancer sends no traffic while this is not 200.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/advertisers/{advertiserId}/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The total of an advertiser's campaigns
         * @description The deleted ones are in it too.
         */
        get: operations["getAdvertiserCampaignsStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/advertisers/{advertiserId}/campaigns/daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An advertiser's campaigns by day
         * @description Every day from the first campaign's start up to today, zeros included; the rows always sum to the total.
         */
        get: operations["getAdvertiserDailyStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/campaigns/{campaignId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A campaign's total */
        get: operations["getCampaignStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats/campaigns/{campaignId}/daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A campaign by day
         * @description Every day of the flight up to today, zeros included; the rows always sum to the total.
         */
        get: operations["getCampaignDailyStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the day */
        get: operations["getDay"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/time/advance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the day
         * @description Forwards or backwards; without a body, one day on. What happened stays as it happened.
         */
        post: operations["advanceDay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description The link in a mail.
         * @example {
         *       "token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E"
         *     }
         */
        Acceptance: {
            /** @description What stands after the `#` of the link. */
            token: string;
        };
        /**
         * @description Where somebody is a member now.
         * @example {
         *       "project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "role": "marketer"
         *     }
         */
        Accepted: {
            /**
             * Format: uuid
             * @description The project.
             */
            project_id: string;
            /** @description What they may do there. */
            role: string;
        };
        /**
         * @description An advertiser's account. Amounts are decimals of the currency with at most six places.
         * @example {
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "balance": 1000,
         *       "credit_limit": 0,
         *       "currency": "RUB",
         *       "kind": "prepaid",
         *       "low_balance": 100,
         *       "spendable": 987.5,
         *       "unposted_spend": 12.5,
         *       "updated_at": "2026-11-21T08:15:00Z",
         *       "version": 2
         *     }
         */
        Account: {
            /**
             * Format: uuid
             * @description Whose it is.
             */
            advertiser_id: string;
            /**
             * Format: double
             * @description What was posted; below zero, the advertiser owes it.
             */
            balance: number;
            /**
             * Format: double
             * @description How far below zero the balance may go; `null`: as far as it likes.
             */
            credit_limit?: number | null;
            /** @description ISO 4217: the project's. */
            currency: string;
            /** @description `prepaid`: it spends what it has topped up, and what it is lent; `postpaid`: it spends, and is sent a bill. */
            kind: string;
            /**
             * Format: double
             * @description Webhooks are told `balance.low` when less than this may be spent; `null`: they are not.
             */
            low_balance?: number | null;
            /**
             * Format: double
             * @description What may still be spent; `null`: as much as it likes.
             */
            spendable?: number | null;
            /**
             * Format: double
             * @description What was spent since, and will be posted within half a minute.
             */
            unposted_spend: number;
            /** @description When its terms were changed last. */
            updated_at: string;
            /**
             * Format: int32
             * @description Grows with every change of its terms; the `ETag` of the answer.
             */
            version: number;
        };
        /**
         * @description What changes about an account; what is absent stays.
         * @example {
         *       "credit_limit": 0,
         *       "kind": "prepaid",
         *       "low_balance": 100
         *     }
         */
        AccountPatch: {
            /**
             * Format: double
             * @description How far below zero the balance may go; `null`, which only a postpaid account may have: as far as it likes. An account that
             *     becomes prepaid without one has 0.
             */
            credit_limit?: number | null;
            /** @description `prepaid` or `postpaid`. */
            kind?: string | null;
            /**
             * Format: double
             * @description Webhooks are told `balance.low` when less than this may be spent; `null`: they are not. An account without a limit never
             *     runs low.
             */
            low_balance?: number | null;
        };
        /**
         * @description An ad, as a client is given it.
         * @example {
         *       "ad_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "ad_text": "Softer than yesterday's",
         *       "ad_title": "Plush bears",
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "click_url": "https://ads.example.com/c/AQGW8KRdbHxemxwPLWo7TF0BlvCkXWx8XpscDy1qO0xdQlSVr_d49M_0qAio-PGuLvLnT_JrAWqb6cQ",
         *       "image_url": "https://ads.example.com/files/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d.png"
         *     }
         */
        Ad: {
            /**
             * Format: uuid
             * @description Always the id of the campaign, whichever of its ads it is.
             */
            ad_id: string;
            /** @description Text. */
            ad_text: string;
            /** @description Title. */
            ad_title: string;
            /**
             * Format: uuid
             * @description Whose ad it is.
             */
            advertiser_id: string;
            /** @description Where a click is to lead: counted there, it goes on to the ad's landing page. Absent when the ad has none. */
            click_url?: string | null;
            /** @description Where the image of the ad is loaded. Absent when it has none. */
            image_url?: string | null;
        };
        /**
         * @description One of a campaign's ads.
         * @example {
         *       "ad_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "creative": {
         *         "created_at": "2026-11-21T08:15:00Z",
         *         "creative_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *         "image_id": null,
         *         "image_url": null,
         *         "landing_url": "https://example.com/bears",
         *         "status": "active",
         *         "text": "Softer than yesterday's",
         *         "title": "Plush bears",
         *         "version": 1
         *       },
         *       "name": null,
         *       "status": "active",
         *       "version": 1,
         *       "weight": 100
         *     }
         */
        AdOfCampaign: {
            /**
             * Format: uuid
             * @description The ad; the one that was made with its campaign has the campaign's id.
             */
            ad_id: string;
            /**
             * Format: uuid
             * @description Whose shows it gets.
             */
            campaign_id: string;
            /** @description When it was made. */
            created_at: string;
            /** @description What it shows. */
            creative: components["schemas"]["CreativeShown"];
            /** @description What people call it; `null`: by its title. */
            name?: string | null;
            /** @description `active`, `paused` or `archived`. Only one that is active is shown. */
            status: string;
            /**
             * Format: int32
             * @description Grows with every change, also of its creative; the `ETag` of the answer.
             */
            version: number;
            /**
             * Format: int32
             * @description How much it gets, in proportion to the other active ads of the campaign.
             */
            weight: number;
        };
        /**
         * @description What to change about an ad. What is absent stays.
         * @example {
         *       "creative": {
         *         "landing_url": null
         *       },
         *       "status": "paused",
         *       "weight": 200
         *     }
         */
        AdOfCampaignChange: {
            creative?: components["schemas"]["CreativeWordsChange"] | null;
            /**
             * Format: uuid
             * @description Another creative that it shows from now on; not together with `creative`.
             */
            creative_id?: string;
            /** @description What people call it; `null`: by its title. */
            name?: string | null;
            /** @description `active`, `paused` or `archived`. */
            status?: string;
            /**
             * Format: int32
             * @description How much it gets.
             */
            weight?: number;
        };
        /**
         * @description A business that pays for campaigns.
         * @example {
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "name": "Smart Inc"
         *     }
         */
        Advertiser: {
            /**
             * Format: uuid
             * @description Brought by the caller, unique within the project.
             */
            advertiser_id: string;
            /** @description 1 to 255 characters; need not be unique. */
            name: string;
        };
        /**
         * @description What an advertiser is called.
         * @example {
         *       "name": "Umbrella Shop"
         *     }
         */
        AdvertiserName: {
            /** @description The name. */
            name: string;
        };
        /**
         * @description What to change about an advertiser. What is absent stays.
         * @example {
         *       "name": "Umbrella Shop",
         *       "status": "active"
         *     }
         */
        AdvertiserPatch: {
            /** @description The name. */
            name?: string;
            /** @description `archived` puts it away, which it must not be while one of its campaigns is not archived; `active` takes it out again. */
            status?: string;
        };
        /**
         * @description An advertiser of a project.
         * @example {
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "name": "Smart Inc",
         *       "status": "active"
         *     }
         */
        AdvertiserShown: {
            /**
             * Format: uuid
             * @description The advertiser.
             */
            advertiser_id: string;
            /** @description When it was first stored. */
            created_at: string;
            /** @description What it is called. */
            name: string;
            /** @description `active`, or `archived`: it has no campaign that is in use, and gets none. */
            status: string;
        };
        /**
         * @description An advertiser with its money. Amounts are decimals of the currency with at most six places.
         * @example {
         *       "account_kind": "prepaid",
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "balance": 1000,
         *       "currency": "RUB",
         *       "name": "Smart Inc",
         *       "spendable": 987.5,
         *       "status": "active"
         *     }
         */
        AdvertiserWithBalance: {
            /** @description `prepaid` or `postpaid`. */
            account_kind: string;
            /**
             * Format: uuid
             * @description The advertiser.
             */
            advertiser_id: string;
            /**
             * Format: double
             * @description What was posted; below zero, the advertiser owes it.
             */
            balance: number;
            /** @description ISO 4217: the project's. */
            currency: string;
            /** @description What it is called. */
            name: string;
            /**
             * Format: double
             * @description What may still be spent; `null`: as much as it likes.
             */
            spendable?: number | null;
            /** @description `active`, or `archived`: it has no campaign that is in use, and gets none. */
            status: string;
        };
        /**
         * @description Money that moves.
         * @example {
         *       "amount": 1000.5,
         *       "currency": "RUB",
         *       "note": "Invoice 7"
         *     }
         */
        Amount: {
            /**
             * Format: double
             * @description A decimal with at most six places, above 0; only an adjustment may be below 0.
             */
            amount: number;
            /** @description Refused unless it is the project's. */
            currency?: string | null;
            /** @description For people. */
            note?: string | null;
        };
        /**
         * @description A key, as it is known once it was shown.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "expires_at": null,
         *       "key_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "last_used_at": "2026-11-21T09:00:00Z",
         *       "name": "Shop",
         *       "prefix": "barker_q0bF6m",
         *       "revoked_at": null,
         *       "scopes": [
         *         "serve",
         *         "read"
         *       ]
         *     }
         */
        ApiKey: {
            /** @description When it was made. */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who made it.
             */
            created_by?: string | null;
            /** @description When it stops working; `null`: never. */
            expires_at?: string | null;
            /**
             * Format: uuid
             * @description The key.
             */
            key_id: string;
            /** @description When it was last used; `null`: never. */
            last_used_at?: string | null;
            /** @description What it is for. */
            name: string;
            /** @description How it begins. */
            prefix: string;
            /** @description When it was revoked; `null`: it was not. */
            revoked_at?: string | null;
            /** @description What it may do: `serve`, `manage`, `read`. */
            scopes: string[];
        };
        /**
         * @description A key to make.
         * @example {
         *       "expires_at": "2099-12-31T23:59:59Z",
         *       "name": "Shop",
         *       "scopes": [
         *         "serve",
         *         "read"
         *       ]
         *     }
         */
        ApiKeyCreate: {
            /** @description When it stops working; absent or `null`: never. */
            expires_at?: string | null;
            /** @description What it is for. */
            name: string;
            /** @description What it may do, at least one of: `serve` asks for ads and reports clicks; `manage` changes; `read` reads, statistics too. */
            scopes: string[];
        };
        /**
         * @description A new key, with the only look at it that there is.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "expires_at": null,
         *       "key_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "last_used_at": null,
         *       "name": "Shop",
         *       "prefix": "barker_q0bF6m",
         *       "revoked_at": null,
         *       "scopes": [
         *         "serve",
         *         "read"
         *       ],
         *       "secret": "barker_q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E"
         *     }
         */
        ApiKeyShown: components["schemas"]["ApiKey"] & {
            /** @description The key itself. Only its digest is kept: nobody can show it again. */
            secret: string;
        };
        /**
         * @description The audience's gender.
         * @enum {string}
         */
        Audience: "MALE" | "FEMALE" | "ALL";
        /**
         * @description Answers in the order of the questions.
         * @example {
         *       "answers": [
         *         {
         *           "report": {
         *             "date_from": "2026-11-15",
         *             "date_to": "2026-11-21",
         *             "rows": [
         *               {
         *                 "revenue": 1500
         *               }
         *             ],
         *             "totals": {
         *               "revenue": 1500
         *             }
         *           },
         *           "status": 200
         *         },
         *         {
         *           "problem": {
         *             "code": "invalid-request",
         *             "detail": "/metrics: there is no such metric; there are impressions, clicks, cost"
         *           },
         *           "status": 400
         *         }
         *       ]
         *     }
         */
        BatchAnswer: {
            /** @description As many as there were questions. */
            answers: components["schemas"]["Outcome"][];
            /** @description As many as there were differences to explain; absent when there were none. */
            changes?: components["schemas"]["ChangesOutcome"][];
        };
        /**
         * @description Several reports at once.
         * @example {
         *       "changes": [
         *         {
         *           "group_by": "channel",
         *           "metric": "revenue",
         *           "window": "7d"
         *         }
         *       ],
         *       "reports": [
         *         {
         *           "metrics": "revenue",
         *           "window": "7d"
         *         },
         *         {
         *           "group_by": "channel",
         *           "metrics": [
         *             "cost",
         *             "romi"
         *           ],
         *           "window": "30d"
         *         }
         *       ]
         *     }
         */
        BatchQuestion: {
            /** @description Differences to be explained as well; at most 50. */
            changes?: components["schemas"]["ChangesQuestion"][];
            /** @description At most 50. */
            reports: components["schemas"]["ReportQuestion"][];
        };
        /**
         * @description A campaign.
         * @example {
         *       "ad_text": "Softer than yesterday's",
         *       "ad_title": "Plush bears",
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "clicks_limit": 100,
         *       "cost_per_click": 10.25,
         *       "cost_per_impression": 1.5,
         *       "end_date": 14,
         *       "impressions_limit": 1000,
         *       "start_date": 0,
         *       "targeting": {
         *         "age_from": 25,
         *         "age_to": 40,
         *         "gender": "FEMALE",
         *         "location": "Moscow"
         *       }
         *     }
         */
        Campaign: {
            /** @description Text of the ad. */
            ad_text: string;
            /** @description Title of the ad. */
            ad_title: string;
            /**
             * Format: uuid
             * @description Who pays.
             */
            advertiser_id: string;
            /**
             * Format: uuid
             * @description Made by the server; also the id of the campaign's ad.
             */
            campaign_id: string;
            /**
             * Format: int32
             * @description Most billed clicks.
             */
            clicks_limit: number;
            /**
             * Format: double
             * @description Price of one click.
             */
            cost_per_click: number;
            /**
             * Format: double
             * @description Price of one impression.
             */
            cost_per_impression: number;
            /**
             * Format: int32
             * @description Last day of the flight, inclusive.
             */
            end_date: number;
            /**
             * Format: int32
             * @description Most counted impressions.
             */
            impressions_limit: number;
            /**
             * Format: int32
             * @description First day of the flight, inclusive.
             */
            start_date: number;
            /** @description Whom it may be shown to; always present in answers. */
            targeting?: components["schemas"]["Targeting"];
        };
        /**
         * @description What to change about a campaign. What is absent stays; `null` clears what may be absent.
         * @example {
         *       "cost_per_click": 12.5,
         *       "end_date": null,
         *       "status": "paused",
         *       "targeting": {
         *         "location": null
         *       }
         *     }
         */
        CampaignChange: {
            /** @description Text of the ad. */
            ad_text?: string;
            /** @description Title of the ad. */
            ad_title?: string;
            /**
             * Format: int32
             * @description Most billed clicks; not below what is delivered.
             */
            clicks_limit?: number;
            /**
             * Format: double
             * @description Price of one click.
             */
            cost_per_click?: number;
            /**
             * Format: double
             * @description Price of one impression.
             */
            cost_per_impression?: number;
            /**
             * Format: double
             * @description Most that it may spend on a day, not below what it has spent today; `null`: no bound.
             */
            daily_budget?: number | null;
            end_date?: components["schemas"]["DateOrDay"] | null;
            frequency_cap?: components["schemas"]["FrequencyCap"] | null;
            /**
             * Format: int32
             * @description Most counted impressions; not below what is delivered.
             */
            impressions_limit?: number;
            /** @description What people call it. */
            name?: string | null;
            /** @description `asap` or `even`. */
            pacing?: string;
            /** @description The first day; not in the past, and fixed once it has come. */
            start_date?: components["schemas"]["DateOrDay"];
            /**
             * @description A draft is launched as `active`; `active` and `paused` change at will; `archived` puts it away, from where it comes back as
             *     `paused`.
             */
            status?: string;
            targeting?: components["schemas"]["Targeting"] | null;
            /**
             * Format: double
             * @description Most that it may spend in all, not below what it has spent; `null`: no bound.
             */
            total_budget?: number | null;
        };
        /**
         * @description What an advertiser decides about a campaign.
         * @example {
         *       "ad_text": "Softer than yesterday's",
         *       "ad_title": "Plush bears",
         *       "clicks_limit": 100,
         *       "cost_per_click": 10.25,
         *       "cost_per_impression": 1.5,
         *       "end_date": 14,
         *       "impressions_limit": 1000,
         *       "start_date": 0,
         *       "targeting": {
         *         "age_from": 25,
         *         "age_to": 40,
         *         "gender": "FEMALE",
         *         "location": "Moscow"
         *       }
         *     }
         */
        CampaignCreate: {
            /** @description Text of the ad, 1 to 10,000 characters. */
            ad_text: string;
            /** @description Title of the ad, 1 to 1,000 characters. */
            ad_title: string;
            /**
             * Format: int32
             * @description Most billed clicks, not above `impressions_limit`; frozen when the campaign starts.
             */
            clicks_limit: number;
            /**
             * Format: double
             * @description Price of one click, with up to six decimals.
             */
            cost_per_click: number;
            /**
             * Format: double
             * @description Price of one impression, with up to six decimals.
             */
            cost_per_impression: number;
            /**
             * Format: int32
             * @description Last day of the flight, inclusive; not before `start_date`, frozen when the campaign starts.
             */
            end_date: number;
            /**
             * Format: int32
             * @description Most counted impressions; frozen when the campaign starts.
             */
            impressions_limit: number;
            /**
             * Format: int32
             * @description First day of the flight, inclusive; not in the past, frozen when the campaign starts.
             */
            start_date: number;
            targeting?: components["schemas"]["Targeting"] | null;
        };
        /**
         * @description Whether a campaign is given, and what keeps it from that.
         * @example {
         *       "is_delivering": false,
         *       "pacing_line": null,
         *       "reasons": [
         *         {
         *           "most": 400,
         *           "needed": 11.75,
         *           "reason": "daily_budget",
         *           "until": "2026-11-22T00:00:00Z",
         *           "used": 395.5
         *         }
         *       ]
         *     }
         */
        CampaignDelivery: {
            /** @description Whether whoever fits would be given it now. */
            is_delivering: boolean;
            pacing_line?: components["schemas"]["PacingLine"] | null;
            /** @description Everything that keeps it; none: it is given. */
            reasons: components["schemas"]["DeliveryReason"][];
        };
        /**
         * @description A new campaign, and whose it is.
         * @example {
         *       "ad_text": "Softer than yesterday's",
         *       "ad_title": "Plush bears",
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "clicks_limit": 100,
         *       "cost_per_click": 10.25,
         *       "cost_per_impression": 1.5,
         *       "daily_budget": 400,
         *       "end_date": "2099-12-05",
         *       "frequency_cap": {
         *         "impressions": 3,
         *         "per": "day"
         *       },
         *       "impressions_limit": 1000,
         *       "name": "Bears in autumn",
         *       "pacing": "even",
         *       "start_date": "2099-11-21",
         *       "status": "draft",
         *       "targeting": {
         *         "age_from": 25,
         *         "age_to": 40,
         *         "gender": "FEMALE",
         *         "location": "Moscow"
         *       },
         *       "total_budget": 5000
         *     }
         */
        CampaignOfAdvertiser: {
            /** @description Text of the ad. */
            ad_text: string;
            /** @description Title of the ad. */
            ad_title: string;
            /**
             * Format: uuid
             * @description Who pays.
             */
            advertiser_id: string;
            /**
             * Format: int32
             * @description Most billed clicks, not above `impressions_limit`.
             */
            clicks_limit: number;
            /**
             * Format: double
             * @description Price of one click, with up to six decimals.
             */
            cost_per_click: number;
            /**
             * Format: double
             * @description Price of one impression, with up to six decimals.
             */
            cost_per_impression: number;
            /**
             * Format: double
             * @description Most that it may spend on a day of the project, likewise.
             */
            daily_budget?: number | null;
            end_date?: components["schemas"]["DateOrDay"] | null;
            frequency_cap?: components["schemas"]["FrequencyCap"] | null;
            /**
             * Format: int32
             * @description Most counted impressions.
             */
            impressions_limit: number;
            /** @description What people call it. */
            name?: string | null;
            /** @description `asap`, as when it is absent, or `even`, which needs a daily budget and spreads it over the rest of the day. */
            pacing?: string | null;
            /** @description The first day, in the project's time zone; not in the past. */
            start_date: components["schemas"]["DateOrDay"];
            /** @description `active`, as when it is absent, or `draft`. */
            status?: string | null;
            targeting?: components["schemas"]["Targeting"] | null;
            /**
             * Format: double
             * @description Most that it may spend in all, with up to six decimals; absent or null: no bound.
             */
            total_budget?: number | null;
        };
        /**
         * @description A campaign and how far it is.
         * @example {
         *       "ad_text": "Softer than yesterday's",
         *       "ad_title": "Plush bears",
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "clicks_count": 1,
         *       "clicks_limit": 100,
         *       "cost_per_click": 10.25,
         *       "cost_per_impression": 1.5,
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "daily_budget": 400,
         *       "end_date": "2026-12-05",
         *       "end_day": 14,
         *       "frequency_cap": {
         *         "impressions": 3,
         *         "per": "day"
         *       },
         *       "impressions_count": 8,
         *       "impressions_limit": 1000,
         *       "name": "Bears in autumn",
         *       "pacing": "even",
         *       "spent": 22.25,
         *       "spent_today": 22.25,
         *       "stage": "running",
         *       "start_date": "2026-11-21",
         *       "start_day": 0,
         *       "status": "active",
         *       "targeting": {
         *         "age_from": 25,
         *         "age_to": 40,
         *         "gender": "FEMALE",
         *         "location": "Moscow"
         *       },
         *       "total_budget": 5000,
         *       "version": 1
         *     }
         */
        CampaignOverview: {
            /** @description Text of the ad. */
            ad_text: string;
            /** @description Title of the ad. */
            ad_title: string;
            /**
             * Format: uuid
             * @description Who pays.
             */
            advertiser_id: string;
            /**
             * Format: uuid
             * @description The campaign.
             */
            campaign_id: string;
            /**
             * Format: int64
             * @description Billed clicks so far.
             */
            clicks_count: number;
            /**
             * Format: int32
             * @description Most billed clicks.
             */
            clicks_limit: number;
            /**
             * Format: double
             * @description Price of one click.
             */
            cost_per_click: number;
            /**
             * Format: double
             * @description Price of one impression.
             */
            cost_per_impression: number;
            /** @description When it was made. */
            created_at: string;
            /**
             * Format: double
             * @description Most that it may spend on a day of the project; `null`: no bound.
             */
            daily_budget?: number | null;
            /** @description The last day; `null`: the end is open. */
            end_date?: string | null;
            /**
             * Format: int32
             * @description The last day likewise.
             */
            end_day?: number | null;
            frequency_cap?: components["schemas"]["FrequencyCap"] | null;
            /**
             * Format: int64
             * @description Counted impressions so far.
             */
            impressions_count: number;
            /**
             * Format: int32
             * @description Most counted impressions.
             */
            impressions_limit: number;
            /** @description What people call it; `null`: by the title of its ad. */
            name?: string | null;
            /** @description `asap`, or `even`: the daily budget is spread over the rest of the day. */
            pacing: string;
            /**
             * Format: double
             * @description What it spent so far.
             */
            spent: number;
            /**
             * Format: double
             * @description What it spent today.
             */
            spent_today: number;
            /** @description By its dates and counters alone: `upcoming`, `running`, `full` (it has days left and no impressions) or `over`. */
            stage: string;
            /** @description The first day, in the project's time zone. */
            start_date: string;
            /**
             * Format: int32
             * @description The first day as the project counts its days: in a sandbox, the number that is advanced.
             */
            start_day: number;
            /**
             * @description `draft`, `active`, `paused` and `archived` are what its owner wants; `finished`: launched, and its days or impressions are
             *     over. Only one that is active is shown.
             */
            status: string;
            /** @description Whom it may be shown to. */
            targeting: components["schemas"]["Targeting"];
            /**
             * Format: double
             * @description Most that it may spend in all; `null`: no bound.
             */
            total_budget?: number | null;
            /**
             * Format: int32
             * @description Grows with every change; the `ETag` of the answer.
             */
            version: number;
        };
        /**
         * @description What to change about a campaign: any of its terms. What is absent stays; `null` clears a restriction of the targeting.
         * @example {
         *       "cost_per_click": 12.5,
         *       "targeting": {
         *         "location": null
         *       }
         *     }
         */
        CampaignPatch: {
            /** @description Text of the ad. */
            ad_text?: string;
            /** @description Title of the ad. */
            ad_title?: string;
            /**
             * Format: int32
             * @description Most billed clicks; frozen when the campaign starts.
             */
            clicks_limit?: number;
            /**
             * Format: double
             * @description Price of one click.
             */
            cost_per_click?: number;
            /**
             * Format: double
             * @description Price of one impression.
             */
            cost_per_impression?: number;
            /**
             * Format: int32
             * @description Last day of the flight; frozen when the campaign starts.
             */
            end_date?: number;
            /**
             * Format: int32
             * @description Most counted impressions; frozen when the campaign starts.
             */
            impressions_limit?: number;
            /**
             * Format: int32
             * @description First day of the flight; frozen when the campaign starts.
             */
            start_date?: number;
            targeting?: components["schemas"]["Targeting"] | null;
        };
        /**
         * @description What is done to which campaigns.
         * @example {
         *       "action": "pause",
         *       "campaign_ids": [
         *         "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *       ]
         *     }
         */
        CampaignsTogether: {
            /** @description `pause`, `resume` or `archive`. */
            action: string;
            /** @description Campaigns of this project. */
            campaign_ids: string[];
        };
        /**
         * @description What can be asked for.
         * @example {
         *       "dimensions": [
         *         {
         *           "definition": {
         *             "en": "By the rules of channels.",
         *             "ru": "Канал по правилам."
         *           },
         *           "kind": "text",
         *           "label": {
         *             "en": "Channel",
         *             "ru": "Канал"
         *           },
         *           "name": "channel"
         *         }
         *       ],
         *       "metrics": [
         *         {
         *           "dated_by": [
         *             "platform_day",
         *             "instant"
         *           ],
         *           "definition": {
         *             "en": "What came back beyond what was spent: 0 is breaking even.",
         *             "ru": "Возврат маркетинговых вложений: 0 — реклама окупилась ровно."
         *           },
         *           "formula": "(revenue - cost) / cost",
         *           "kind": "percent",
         *           "label": {
         *             "en": "ROMI",
         *             "ru": "ROMI"
         *           },
         *           "name": "romi",
         *           "sources": [
         *             "ad_spend",
         *             "sales"
         *           ],
         *           "sums": [
         *             "revenue",
         *             "cost"
         *           ]
         *         }
         *       ]
         *     }
         */
        Catalogue: {
            /** @description Every dimension; `attributes.*` stands for any attribute of events. */
            dimensions: components["schemas"]["DimensionEntry"][];
            /** @description Every metric, in the order in which they are shown. */
            metrics: components["schemas"]["MetricEntry"][];
        };
        /**
         * @description A difference and what made it.
         * @example {
         *       "before": 1000,
         *       "change": 0.5,
         *       "contributors": [
         *         {
         *           "before": 400,
         *           "channel": "paid_search",
         *           "contribution": 600,
         *           "now": 1000,
         *           "share": 1.2
         *         }
         *       ],
         *       "currency": "RUB",
         *       "date_from": "2026-11-15",
         *       "date_to": "2026-11-21",
         *       "difference": 500,
         *       "metric": "revenue",
         *       "now": 1500,
         *       "others": {
         *         "contribution": -100,
         *         "count": 3
         *       },
         *       "previous": {
         *         "date_from": "2026-11-08",
         *         "date_to": "2026-11-14"
         *       },
         *       "sources": [
         *         {
         *           "account": "",
         *           "arrived_at": "2026-11-21T09:58:02Z",
         *           "facts": "orders",
         *           "feeds": "sales",
         *           "latest": "2026-11-21T09:58:01Z",
         *           "source": "shop"
         *         }
         *       ]
         *     }
         */
        ChangesAnswer: components["schemas"]["RangeAnswer"] & {
            /**
             * Format: double
             * @description Over the range before.
             */
            before?: number | null;
            /**
             * Format: double
             * @description The same as a share of what was before.
             */
            change?: number | null;
            /** @description By the names of dimensions, with `before`, `now`, `contribution` and its `share` of the difference; the largest first. */
            contributors: Record<string, never>[];
            /** @description Of all money. */
            currency: string;
            /**
             * Format: double
             * @description The difference.
             */
            difference?: number | null;
            /** @description Which metric. */
            metric: string;
            /** @description What people call the ids among them, by dimension and id: `advertiser` has names. Absent when there are none. */
            names?: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            /**
             * Format: double
             * @description Over the range.
             */
            now?: number | null;
            /** @description How many more contributed, and how much together. */
            others: Record<string, never>;
            /** @description What they are compared with. */
            previous: components["schemas"]["RangeAnswer"];
            /** @description What the metric was read from. */
            sources: components["schemas"]["SourceAnswer"][];
        };
        /** @description A difference explained, or why it is not. */
        ChangesOutcome: {
            changes?: components["schemas"]["ChangesAnswer"] | null;
            problem?: components["schemas"]["Problem"] | null;
            /**
             * Format: int32
             * @description As if it had been asked alone.
             */
            status: number;
        };
        /**
         * @description Which difference is to be explained. Filters, attribution and so on as in reports.
         * @example {
         *       "compare_to": "previous_period",
         *       "group_by": "channel",
         *       "limit": 5,
         *       "metric": "revenue",
         *       "window": "7d"
         *     }
         */
        ChangesQuestion: {
            /** @description Who is credited. */
            attribution?: components["schemas"]["ReportAttribution"];
            /** @description Other days to compare with, with `compare_until`. */
            compare_from?: string;
            /** @description `previous_period` (when absent) or `previous_year`. */
            compare_to?: string;
            /** @description The last of them. */
            compare_until?: string;
            /** @description The first day. */
            date_from?: string;
            /** @description The last day. */
            date_to?: string;
            /** @description All of them hold. */
            filters?: components["schemas"]["ReportFilter"][];
            /** @description What the difference is told to, one or several dimensions; not of time. */
            group_by: string[];
            /**
             * Format: int32
             * @description How many contributors are named; 10 when absent.
             */
            limit?: number;
            /** @description The metric; not `people`, whose parts do not add up. */
            metric: string;
            /** @description Instead of `date_from`. */
            window?: string;
        };
        /** @description One thing that must hold. */
        ChannelCondition: {
            /** @description `utm_source`, `utm_medium`, `click_id` or `referrer`. */
            field: string;
            /** @description `present`; `is` one of the values; `has` one of them as a word; is a host `at` one of them, or below it. */
            test: string;
            /** @description What is looked for. */
            values: string[];
        };
        /** @description A channel. */
        ChannelEntry: {
            /** @description Its name in reports. */
            channel: string;
            /** @description What people call it. */
            label: components["schemas"]["ChannelLabel"];
        };
        /** @description The same in both languages. */
        ChannelLabel: {
            /** @description In English. */
            en: string;
            /** @description In Russian. */
            ru: string;
        };
        /** @description A rule. */
        ChannelRule: {
            /** @description What it says. */
            channel: string;
            /** @description All of them must hold. */
            conditions: components["schemas"]["ChannelCondition"][];
            /** @description What it is called. */
            name: string;
        };
        /**
         * @description The rules.
         * @example {
         *       "channels": [
         *         {
         *           "channel": "paid_search",
         *           "label": {
         *             "en": "Paid search",
         *             "ru": "Платный поиск"
         *           }
         *         }
         *       ],
         *       "rules": [
         *         {
         *           "channel": "paid_search",
         *           "conditions": [
         *             {
         *               "field": "click_id",
         *               "test": "is",
         *               "values": [
         *                 "gclid",
         *                 "yclid"
         *               ]
         *             }
         *           ],
         *           "name": "click id of a search engine"
         *         }
         *       ],
         *       "version": 2
         *     }
         */
        ChannelRules: {
            /** @description What a channel may be. */
            channels: components["schemas"]["ChannelEntry"][];
            /** @description The first one whose conditions all hold decides. */
            rules: components["schemas"]["ChannelRule"][];
            /**
             * Format: int32
             * @description Grows with every change of them.
             */
            version: number;
        };
        /**
         * @description What the rules say.
         * @example {
         *       "channel": "paid_search",
         *       "label": {
         *         "en": "Paid search",
         *         "ru": "Платный поиск"
         *       },
         *       "rule": "paid, in search",
         *       "version": 2
         *     }
         */
        ChannelVerdict: {
            /** @description The channel. */
            channel: string;
            /** @description What people call it. */
            label: components["schemas"]["ChannelLabel"];
            /** @description The rule that decided. */
            rule: string;
            /**
             * Format: int32
             * @description Of the rules.
             */
            version: number;
        };
        /**
         * @description A visit to try the rules on. What is not known may be left out.
         * @example {
         *       "click_id_name": "yclid",
         *       "page": "https://shop.example/",
         *       "referrer": "https://yandex.ru/",
         *       "utm_medium": "cpc",
         *       "utm_source": "yandex"
         *     }
         */
        ChannelVisit: {
            /** @description Which click id came along, like `gclid`. */
            click_id_name?: string;
            /** @description Address of the page itself. UTM and click ids in it count when they are not given, as with events. */
            page?: string;
            /** @description Address of the page before. */
            referrer?: string;
            /** @description UTM. */
            utm_campaign?: string;
            /** @description UTM. */
            utm_medium?: string;
            /** @description UTM. */
            utm_source?: string;
        };
        /**
         * @description A click as it is kept.
         * @example {
         *       "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "click_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2",
         *       "currency": "RUB",
         *       "date": "2026-11-21",
         *       "invalid_reason": "bot",
         *       "occurred_at": "2026-11-21T08:15:00Z",
         *       "outcome": "invalid",
         *       "price": 10.25,
         *       "refund_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f"
         *     }
         */
        Click: {
            /**
             * Format: uuid
             * @description On which campaign's ad.
             */
            campaign_id: string;
            /**
             * Format: uuid
             * @description The click.
             */
            click_id: string;
            /**
             * Format: uuid
             * @description By whom.
             */
            client_id: string;
            /** @description ISO 4217. */
            currency: string;
            /** @description The project's day that it counts for. */
            date: string;
            /** @description Why it is invalid. */
            invalid_reason?: string | null;
            /** @description When it came. */
            occurred_at: string;
            /** @description `billed`, or why it is not: `no_impression`, `clicks_limit`, `no_money`, `budget`, `link_expired`, `prefetch`, `bot`, `invalid`. */
            outcome: string;
            /**
             * Format: double
             * @description What it cost, or had cost before it turned out to be invalid.
             */
            price: number;
            /**
             * Format: uuid
             * @description The transaction that gave it back.
             */
            refund_id?: string | null;
        };
        /**
         * @description Who clicked.
         * @example {
         *       "client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2"
         *     }
         */
        ClickRequest: {
            /**
             * Format: uuid
             * @description The client who clicked.
             */
            client_id: string;
        };
        /**
         * @description A person who sees ads.
         * @example {
         *       "age": 30,
         *       "client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2",
         *       "gender": "FEMALE",
         *       "location": "Moscow",
         *       "login": "anna"
         *     }
         */
        Client: {
            /**
             * Format: int32
             * @description Full years.
             */
            age: number;
            /**
             * Format: uuid
             * @description Brought by the caller, unique within the project.
             */
            client_id: string;
            /** @description Gender. */
            gender: components["schemas"]["Gender"];
            /** @description City, region or district, 1 to 255 characters; targeting compares it to the letter. */
            location: string;
            /** @description The person's name in the caller's system, 1 to 255 characters. */
            login: string;
        };
        /**
         * @description What to change about a client. What is absent stays.
         * @example {
         *       "age": 31,
         *       "location": "Kazan"
         *     }
         */
        ClientPatch: {
            /**
             * Format: int32
             * @description Full years.
             */
            age?: number;
            /** @description `MALE` or `FEMALE`. */
            gender?: string;
            /** @description City, region or district. */
            location?: string;
            /** @description The person's name in your system. */
            login?: string;
        };
        /** @description What stands in a column. */
        ColumnAnswer: {
            /** @description Of dimensions `time` or `text`; of metrics `count`, `money`, `ratio`, or `percent` (0.5 is 50%). */
            kind: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelAnswer"];
            /** @description Its name in rows. */
            name: string;
            /** @description `dimension` or `metric`. */
            role: string;
        };
        /**
         * @description What ads say and where they lead.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "creative_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "image_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "image_url": "https://ads.example.com/files/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e.png",
         *       "landing_url": "https://example.com/bears",
         *       "status": "active",
         *       "text": "Softer than yesterday's",
         *       "title": "Plush bears",
         *       "version": 1
         *     }
         */
        CreativeShown: {
            /** @description When it was made. */
            created_at: string;
            /**
             * Format: uuid
             * @description The creative; the one that was made with a campaign has the campaign's id.
             */
            creative_id: string;
            /**
             * Format: uuid
             * @description The image, one of the project's files; `null`: words alone.
             */
            image_id?: string | null;
            /** @description Where anybody loads the image. */
            image_url?: string | null;
            /** @description The landing page; `null`: a click leads nowhere. */
            landing_url?: string | null;
            /** @description `active`, or `archived`: no ad takes it any more. */
            status: string;
            /** @description The text. */
            text: string;
            /** @description The title. */
            title: string;
            /**
             * Format: int32
             * @description Grows with every change; the `ETag` of the answer.
             */
            version: number;
        };
        /**
         * @description What to change about a creative. What is absent stays.
         * @example {
         *       "landing_url": null,
         *       "status": "active",
         *       "title": "Plush wolves"
         *     }
         */
        CreativeShownChange: {
            /**
             * Format: uuid
             * @description The image, one of the project's files; `null`: words alone.
             */
            image_id?: string | null;
            /** @description The landing page; `null`: a click leads nowhere. */
            landing_url?: string | null;
            /** @description `archived` puts it away, which it must not be while an ad that is not archived shows it; `active` takes it out again. */
            status?: string;
            /** @description The text. */
            text?: string;
            /** @description The title. */
            title?: string;
        };
        /**
         * @description What a new creative says and where it leads.
         * @example {
         *       "landing_url": "https://example.com/foxes",
         *       "text": "Redder than yesterday's",
         *       "title": "Plush foxes"
         *     }
         */
        CreativeWords: {
            /**
             * Format: uuid
             * @description The image, one of the project's files; `null`: words alone.
             */
            image_id?: string | null;
            /** @description The landing page, `http` or `https`, without a name or password in it. */
            landing_url?: string | null;
            /** @description The text. */
            text: string;
            /** @description The title. */
            title: string;
        };
        /**
         * @description What to change of what a creative says. What is absent stays.
         * @example {
         *       "landing_url": null,
         *       "title": "Plush wolves"
         *     }
         */
        CreativeWordsChange: {
            /**
             * Format: uuid
             * @description The image, one of the project's files; `null`: words alone.
             */
            image_id?: string | null;
            /** @description The landing page; `null`: a click leads nowhere. */
            landing_url?: string | null;
            /** @description The text. */
            text?: string;
            /** @description The title. */
            title?: string;
        };
        /**
         * @description The project's day.
         * @example {
         *       "current_date": 5
         *     }
         */
        CurrentDate: {
            /**
             * Format: int32
             * @description Today.
             */
            current_date: number;
        };
        /**
         * @description What was delivered and spent on one day.
         * @example {
         *       "clicks_count": 1,
         *       "conversion": 12.5,
         *       "date": 3,
         *       "impressions_count": 8,
         *       "spent_clicks": 10.25,
         *       "spent_impressions": 12,
         *       "spent_total": 22.25
         *     }
         */
        DailyStats: components["schemas"]["Stats"] & {
            /**
             * Format: int32
             * @description The day.
             */
            date: number;
        };
        /**
         * @description A dashboard: what its maker wrote, with its id and version.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": null,
         *       "dashboard_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "name": "Overview",
         *       "period": {
         *         "window": "30d"
         *       },
         *       "updated_at": "2026-11-21T08:15:00Z",
         *       "version": 1,
         *       "widgets": [
         *         {
         *           "id": "romi",
         *           "kind": "number",
         *           "place": {
         *             "height": 2,
         *             "width": 3,
         *             "x": 0,
         *             "y": 0
         *           },
         *           "query": {
         *             "metrics": "romi"
         *           },
         *           "title": "ROMI"
         *         }
         *       ]
         *     }
         */
        Dashboard: {
            /** @description For every widget that does not say so itself. */
            attribution?: components["schemas"]["ReportAttribution"];
            /** @description What it is for. */
            description?: string;
            /** @description For every widget, besides its own. */
            filters?: components["schemas"]["ReportFilter"][];
            /** @description What people call it. */
            name: string;
            /** @description When, for every widget that does not say so itself. */
            period?: components["schemas"]["DashboardPeriod"];
            /**
             * Format: int32
             * @description How often a page asks again; never when absent.
             */
            refresh_seconds?: number;
            /** @description In the order of reading. */
            widgets?: components["schemas"]["DashboardWidget"][];
        } & {
            /** @description When it was made. */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who made it; `null`: Barker.
             */
            created_by?: string | null;
            /**
             * Format: uuid
             * @description The dashboard.
             */
            dashboard_id: string;
            /** @description When it was changed last. */
            updated_at: string;
            /**
             * Format: int32
             * @description Grows with every change; the `ETag` of the answer.
             */
            version: number;
        };
        /** @description When: as in reports. */
        DashboardPeriod: {
            /** @description `previous_period` or `previous_year`. */
            compare_to?: string;
            /** @description The first day. */
            date_from?: string;
            /** @description The last day. */
            date_to?: string;
            /** @description Up to `date_to`. */
            window?: string;
        };
        /** @description Where a widget stands. */
        DashboardPlace: {
            /**
             * Format: int32
             * @description In rows.
             */
            height: number;
            /**
             * Format: int32
             * @description In columns.
             */
            width: number;
            /**
             * Format: int32
             * @description Columns left of it.
             */
            x: number;
            /**
             * Format: int32
             * @description Rows above it.
             */
            y: number;
        };
        /**
         * @description What a dashboard is to be.
         * @example {
         *       "name": "Overview",
         *       "period": {
         *         "compare_to": "previous_period",
         *         "window": "30d"
         *       },
         *       "refresh_seconds": 900,
         *       "widgets": [
         *         {
         *           "id": "romi",
         *           "kind": "number",
         *           "place": {
         *             "height": 2,
         *             "width": 3,
         *             "x": 0,
         *             "y": 0
         *           },
         *           "query": {
         *             "metrics": "romi"
         *           },
         *           "title": "ROMI"
         *         },
         *         {
         *           "id": "note",
         *           "kind": "text",
         *           "place": {
         *             "height": 2,
         *             "width": 9,
         *             "x": 3,
         *             "y": 0
         *           },
         *           "text": "Before Black Friday"
         *         }
         *       ]
         *     }
         */
        DashboardTerms: {
            /** @description For every widget that does not say so itself. */
            attribution?: components["schemas"]["ReportAttribution"];
            /** @description What it is for. */
            description?: string;
            /** @description For every widget, besides its own. */
            filters?: components["schemas"]["ReportFilter"][];
            /** @description What people call it. */
            name: string;
            /** @description When, for every widget that does not say so itself. */
            period?: components["schemas"]["DashboardPeriod"];
            /**
             * Format: int32
             * @description How often a page asks again; never when absent.
             */
            refresh_seconds?: number;
            /** @description In the order of reading. */
            widgets?: components["schemas"]["DashboardWidget"][];
        };
        /** @description One widget. */
        DashboardWidget: {
            /** @description Yours, unique on the dashboard. */
            id: string;
            /** @description `number`, `line`, `bar`, `table`, `pie`, `text`. */
            kind: string;
            /** @description On a grid of 12 columns. */
            place?: components["schemas"]["DashboardPlace"];
            /** @description What it asks; not of a text. */
            query?: components["schemas"]["ReportQuestion"];
            /** @description What a text says. */
            text?: string;
            /** @description What stands above it. */
            title?: string;
        };
        /**
         * @description A date, or a day as the project counts its days, which is handy in a sandbox.
         * @example 2099-11-21
         */
        DateOrDay: string | number;
        /** @description What was delivered and spent on a day. */
        DayStatistics: components["schemas"]["DailyStats"] & {
            /** @description The day as the calendar of the project has it. */
            calendar_date: string;
        };
        /**
         * @description Which day to go to.
         * @example {
         *       "current_date": 5
         *     }
         */
        DayWanted: {
            /**
             * Format: int32
             * @description The day, forwards or backwards; absent or null means one day on.
             */
            current_date?: number | null;
        };
        /**
         * @description What a campaign is to a client now.
         * @example {
         *       "ad_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "ad_title": "Plush bears",
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "campaign_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "click_url": null,
         *       "is_chosen": false,
         *       "is_repeat": false,
         *       "ml_score": 40,
         *       "name": "Bears in autumn",
         *       "reasons": [
         *         {
         *           "most": 3,
         *           "needed": 1,
         *           "reason": "frequency_cap",
         *           "until": "2026-11-22T00:00:00Z",
         *           "used": 3
         *         }
         *       ],
         *       "score": null
         *     }
         */
        DecisionCandidate: {
            /**
             * Format: uuid
             * @description Which of its ads would be shown; `null`: none is active.
             */
            ad_id?: string | null;
            /** @description Title of that ad. */
            ad_title: string;
            /**
             * Format: uuid
             * @description Who pays.
             */
            advertiser_id: string;
            /**
             * Format: uuid
             * @description The campaign.
             */
            campaign_id: string;
            /** @description Of the one that would be given: where a click would lead, as the client would get it. Whoever follows it clicks for that client. */
            click_url?: string | null;
            /** @description Whether it would be given now. */
            is_chosen: boolean;
            /** @description Whether another show would be neither counted nor billed: those come after all others. */
            is_repeat: boolean;
            /**
             * Format: int32
             * @description How relevant its advertiser is to the client.
             */
            ml_score: number;
            /** @description What people call it. */
            name?: string | null;
            /** @description Why it is refused; none: it is a candidate. */
            reasons: components["schemas"]["DeliveryReason"][];
            /**
             * Format: double
             * @description What showing it is worth, as the project ranks; `null`: it is refused.
             */
            score?: number | null;
        };
        /**
         * @description One message to a webhook, and what became of it.
         * @example {
         *       "attempts": 2,
         *       "body": {
         *         "data": {
         *           "ad_title": "Plush bears",
         *           "reason": "over"
         *         },
         *         "timestamp": "2026-11-21T08:15:00Z",
         *         "type": "campaign.finished"
         *       },
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "delivery_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f",
         *       "error": "it answered 503 Service Unavailable",
         *       "event": "campaign.finished",
         *       "state": "pending",
         *       "status_code": 503,
         *       "tried_at": "2026-11-21T08:15:05Z"
         *     }
         */
        Delivery: {
            /**
             * Format: int32
             * @description How often it was sent.
             */
            attempts: number;
            /** @description What is sent. */
            body: Record<string, never>;
            /** @description When there was something to tell. */
            created_at: string;
            /**
             * Format: uuid
             * @description The message: `webhook-id` in the headers, the same each time it is sent.
             */
            delivery_id: string;
            /** @description Why the last time was no success. */
            error?: string | null;
            /** @description What it tells. */
            event: string;
            /** @description `pending`, `delivered` or `failed`. */
            state: string;
            /**
             * Format: int32
             * @description What the other side answered the last time.
             */
            status_code?: number | null;
            /** @description When it was sent last. */
            tried_at?: string | null;
        };
        /**
         * @description One thing that keeps a campaign from being given.
         * @example {
         *       "most": 400,
         *       "needed": 11.75,
         *       "reason": "daily_budget",
         *       "until": "2026-11-22T00:00:00Z",
         *       "used": 395.5
         *     }
         */
        DeliveryReason: {
            /**
             * Format: double
             * @description Most that there may be: impressions, shows, or money. Of `paced`, what is released by now.
             */
            most?: number | null;
            /**
             * Format: double
             * @description What another impression takes: of money, its price and that of the click that may follow.
             */
            needed?: number | null;
            /**
             * @description `draft`, `paused`, `archived`, `no_active_ad`, `not_started`, `over`, `impressions_limit`, `total_budget`, `daily_budget`, `paced` (even pacing
             *     releases more later), `no_money`, `fits_nobody`; for one client also `gender`, `age`, `location`, `clicked`, `frequency_cap`.
             */
            reason: string;
            /** @description When it ends by itself; `null`: when somebody changes something. */
            until?: string | null;
            /**
             * Format: double
             * @description How much of it is used, or about to be.
             */
            used?: number | null;
        };
        /** @description A dimension. */
        DimensionEntry: {
            /** @description What it means. */
            definition: components["schemas"]["LabelAnswer"];
            /** @description `time` or `text`. */
            kind: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelAnswer"];
            /** @description Its name. */
            name: string;
        };
        /**
         * @description Events that are kept together.
         * @example {
         *       "events": [
         *         {
         *           "attributes": {
         *             "coupon": "AUTUMN"
         *           },
         *           "client_id": "1732176000.42",
         *           "currency": "RUB",
         *           "event_id": "order-1001",
         *           "event_type": "purchase",
         *           "occurred_at": "2026-11-21T08:15:00Z",
         *           "order_id": "1001",
         *           "user_key": "anna",
         *           "value": 1500
         *         }
         *       ]
         *     }
         */
        EventBatch: {
            /** @description 1 to 1,000. */
            events: components["schemas"]["EventBody"][];
        };
        /**
         * @description Something that happened. Its identity is `event_id` and the UTC day of `occurred_at`: send the same of both again when you
         *     do not know whether it arrived.
         * @example {
         *       "client_id": "1732176000.42",
         *       "event_id": "s-7-1",
         *       "event_type": "session_start",
         *       "occurred_at": "2026-11-21T08:15:00Z",
         *       "page": "https://shop.example/?utm_source=yandex&utm_medium=cpc&yclid=17",
         *       "referrer": "https://yandex.ru/"
         *     }
         */
        EventBody: {
            /** @description The ad's id at its platform. */
            ad_id?: string;
            /** @description Its name. */
            ad_name?: string;
            /** @description Up to 50 texts, numbers or booleans, to split reports by. A field that is none of these here becomes one of them. */
            attributes?: unknown;
            /** @description The campaign's id at its platform. */
            campaign_id?: string;
            /** @description Its name. */
            campaign_name?: string;
            /**
             * @description A platform's click id by its name: `bclid`, `gclid`, `wbraid`, `gbraid`, `yclid`, `fbclid`, `ttclid`, `msclkid`, `rb_clickid`,
             *     `li_fat_id` or `twclid`. Of several the first in this order counts. They may be fields of the event itself, too.
             */
            click_ids?: unknown;
            /** @description The visitor. */
            client_id?: string;
            /** @description ISO 3166. */
            country?: string;
            /** @description ISO 4217. */
            currency?: string;
            /** @description Kind of device. */
            device?: string;
            /** @description Yours. */
            event_id: string;
            /** @description `session_start`, `page_view`, `add_to_cart`, `checkout`, `purchase`, `lead`, `click`, or a word of your own. */
            event_type: string;
            /**
             * Format: date-time
             * @description RFC 3339, from 2000 to a day ahead.
             */
            occurred_at: string;
            /** @description The order that it speaks of. */
            order_id?: string;
            /** @description Address of the page. UTM and click ids in it count when they are not given here. */
            page?: string;
            /** @description Address of the page before. */
            referrer?: string;
            /** @description The visit. */
            session_id?: string;
            /** @description Where it was seen; `server` when absent. */
            source_type?: string;
            /** @description The person, when you know them: joins all their visitors, earlier ones too. */
            user_key?: string;
            /** @description UTM. */
            utm_campaign?: string;
            /** @description UTM. */
            utm_content?: string;
            /** @description UTM. */
            utm_medium?: string;
            /** @description UTM. */
            utm_source?: string;
            /** @description UTM. */
            utm_term?: string;
            /**
             * Format: double
             * @description What it is worth, with up to six decimals; not without `currency`.
             */
            value?: number;
        };
        /**
         * @description What became of a batch.
         * @example {
         *       "duplicates": 0,
         *       "taken": 1
         *     }
         */
        EventsTaken: {
            /**
             * @description Fields that are none of an event's and were kept as attributes, the first 100; absent when there are none. One that was meant
             *     to be another field is misspelt.
             */
            as_attributes?: string[];
            /**
             * Format: int64
             * @description Events that were known already.
             */
            duplicates: number;
            /**
             * Format: int64
             * @description Events that are on disk now because of this request.
             */
            taken: number;
        };
        /**
         * @description An image that is kept.
         * @example {
         *       "bytes": 183402,
         *       "content_type": "image/png",
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "file_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "height": 628,
         *       "image_url": "https://ads.example.com/files/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d.png",
         *       "width": 1200
         *     }
         */
        File: {
            /**
             * Format: int32
             * @description How long it is.
             */
            bytes: number;
            /** @description `image/jpeg` or `image/png`: what it is, whatever its sender called it. */
            content_type: string;
            /** @description When that was. */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who uploaded it first.
             */
            created_by?: string | null;
            /**
             * Format: uuid
             * @description The file.
             */
            file_id: string;
            /**
             * Format: int32
             * @description Pixels from top to bottom.
             */
            height: number;
            /** @description Where anybody loads it; below the server's `public_url`. */
            image_url: string;
            /**
             * Format: int32
             * @description Pixels from left to right.
             */
            width: number;
        };
        /**
         * @description So many shows to one client in a window; each of them is counted and billed.
         * @example {
         *       "impressions": 3,
         *       "per": "day"
         *     }
         */
        FrequencyCap: {
            /**
             * Format: int32
             * @description Most shows.
             */
            impressions: number;
            /** @description `hour` (from a full hour UTC on), `day` (the project's), `week` (from Monday on) or `flight`. */
            per: string;
        };
        /**
         * @description A client's gender.
         * @enum {string}
         */
        Gender: "MALE" | "FEMALE";
        /**
         * @description A sign of life.
         * @example {
         *       "status": "ok",
         *       "version": "0.1.0"
         *     }
         */
        Health: {
            /** @description Always `ok`: otherwise there is no answer, or a problem. */
            status: string;
            /** @description Barker's version. */
            version: string;
        };
        /**
         * @description A file that was imported, is, or will be.
         * @example {
         *       "bytes_done": 1048576,
         *       "bytes_total": 4194304,
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "duplicates": null,
         *       "error": null,
         *       "file_name": "shop.csv",
         *       "finished_at": null,
         *       "is_cancel_asked": false,
         *       "job_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "kind": "orders",
         *       "rejected": 3,
         *       "rows": 5000,
         *       "rows_per_second": 2500,
         *       "seconds_left": 6,
         *       "started_at": "2026-11-21T08:15:01Z",
         *       "state": "running",
         *       "taken": null,
         *       "totals": null,
         *       "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60"
         *     }
         */
        Import: {
            /**
             * Format: int64
             * @description Bytes that have been read: of one that runs.
             */
            bytes_done?: number | null;
            /**
             * Format: int64
             * @description Bytes that there are: of one that runs.
             */
            bytes_total?: number | null;
            /** @description When it was asked for. */
            created_at: string;
            /**
             * Format: int64
             * @description Events among them that were known already: of one that is done.
             */
            duplicates?: number | null;
            /** @description What went wrong last. */
            error?: string | null;
            /** @description What it is called; may be empty. */
            file_name: string;
            /** @description When it was over. */
            finished_at?: string | null;
            /** @description Whether somebody wants it to end. */
            is_cancel_asked: boolean;
            /**
             * Format: uuid
             * @description The job that does it: to be cancelled and retried as a job.
             */
            job_id: string;
            /** @description What the file holds: `events`, `orders`, `refunds`, `deals`, `spend` or `rates`. */
            kind: string;
            /**
             * Format: int64
             * @description Rows that were rejected.
             */
            rejected?: number | null;
            /**
             * Format: int64
             * @description Rows so far.
             */
            rows?: number | null;
            /**
             * Format: int64
             * @description Rows in a second: of one that runs.
             */
            rows_per_second?: number | null;
            /**
             * Format: int64
             * @description How long it takes still, in seconds: of one that runs.
             */
            seconds_left?: number | null;
            /** @description When it was last begun. */
            started_at?: string | null;
            /** @description `waiting`, `running`, `done`, `dead` (it has failed for good) or `cancelled`. */
            state: string;
            /**
             * Format: int64
             * @description Rows that are kept, or were known already: of one that is done.
             */
            taken?: number | null;
            /**
             * Format: int64
             * @description Rows of totals, which were passed over: of one that is done and had some.
             */
            totals?: number | null;
            /**
             * Format: uuid
             * @description Who asked for it.
             */
            user_id?: string | null;
        };
        /**
         * @description An import that has been asked for.
         * @example {
         *       "job_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *     }
         */
        ImportAccepted: {
            /**
             * Format: uuid
             * @description The job that imports the file: its progress tells rows, rate and time left.
             */
            job_id: string;
        };
        /**
         * @description What a file is taken for.
         * @example {
         *       "columns": [
         *         {
         *           "field": "order_id",
         *           "name": "Номер заказа"
         *         }
         *       ],
         *       "encoding": "windows-1251",
         *       "fields": [
         *         {
         *           "is_required": true,
         *           "name": "order_id"
         *         }
         *       ],
         *       "format": "csv",
         *       "missing": [
         *         "occurred_at"
         *       ],
         *       "rows": [
         *         [
         *           "1001"
         *         ]
         *       ]
         *     }
         */
        ImportPreview: {
            /** @description Its columns. */
            columns: components["schemas"]["PreviewColumn"][];
            /** @description How its text is written. */
            encoding: string;
            /** @description Every field that a column may hold. */
            fields: components["schemas"]["PreviewField"][];
            /** @description `csv`, `jsonl` or `parquet`. */
            format: string;
            /** @description Required fields that no column is known to hold. */
            missing: string[];
            /** @description The first rows. */
            rows: string[][];
        };
        /**
         * @description The first rejected rows of an import.
         * @example {
         *       "columns": [
         *         "Номер заказа",
         *         "Дата заказа",
         *         "Итого"
         *       ],
         *       "rows": [
         *         {
         *           "cells": [
         *             "2",
         *             "вчера",
         *             "7"
         *           ],
         *           "code": "date_time",
         *           "field": "occurred_at",
         *           "line": 3,
         *           "reason": "\"вчера\" is no date and time"
         *         }
         *       ]
         *     }
         */
        ImportRejects: {
            /** @description What the columns of the file are called. */
            columns: string[];
            /** @description The rejected rows, at most 100. */
            rows: components["schemas"]["RejectedRow"][];
        };
        /**
         * @description How the installation does, and what holds for it.
         * @example {
         *       "database": "SQLite",
         *       "database_answers": true,
         *       "open_projects": 3,
         *       "overshoot_percent": 0,
         *       "public_url": "https://ads.example.com",
         *       "registration": "invite",
         *       "version": "0.1.0"
         *     }
         */
        Installation: {
            /** @description The kind of database. */
            database: string;
            /** @description Whether the database answers. */
            database_answers: boolean;
            /** @description Projects that are in use. */
            open_projects: number;
            /**
             * Format: int32
             * @description By how many percent campaigns may pass their limits.
             */
            overshoot_percent: number;
            /** @description Where people reach it. */
            public_url: string;
            /** @description Who may register: `open`, `invite` or `closed`. */
            registration: string;
            /** @description Barker's version. */
            version: string;
        };
        /**
         * @description What can be decided.
         * @example {
         *       "default_currency": "RUB",
         *       "default_ranking": "expected_profit",
         *       "registration": "invite"
         *     }
         */
        InstallationChoices: {
            /** @description The currency of a new project, unless its maker says otherwise: ISO 4217. */
            default_currency: string;
            /** @description How a new project ranks ads, unless its maker says otherwise: `expected_profit` or `blend`. */
            default_ranking: string;
            /** @description Who may register: `open` (anybody), `invite` (the first user, then whoever is invited) or `closed` (nobody). */
            registration: string;
        };
        /**
         * @description The settings of the installation: what holds, and where it comes from.
         * @example {
         *       "configured": {
         *         "default_currency": "RUB",
         *         "default_ranking": "expected_profit",
         *         "registration": "invite"
         *       },
         *       "decided": [
         *         "registration"
         *       ],
         *       "default_currency": "RUB",
         *       "default_ranking": "expected_profit",
         *       "overshoot_percent": 0,
         *       "registration": "open"
         *     }
         */
        InstallationSettings: components["schemas"]["InstallationChoices"] & {
            /** @description What holds where nothing is decided here. */
            configured: components["schemas"]["InstallationChoices"];
            /** @description What of it is decided here; the rest is as it is configured. */
            decided: string[];
            /**
             * Format: int32
             * @description By how many percent campaigns may pass their limits. It is changed in the configuration alone.
             */
            overshoot_percent: number;
        };
        /**
         * @description What to decide; what is absent stays, and what is `null` is as it is configured from now on.
         * @example {
         *       "default_currency": null,
         *       "registration": "closed"
         *     }
         */
        InstallationSettingsPatch: {
            /** @description The currency of a new project: ISO 4217. */
            default_currency?: string | null;
            /** @description How a new project ranks ads: `expected_profit` or `blend`. */
            default_ranking?: string | null;
            /** @description Who may register: `open`, `invite` or `closed`. */
            registration?: string | null;
        };
        /**
         * @description Clicks that turn out to be invalid.
         * @example {
         *       "click_ids": [
         *         "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *       ],
         *       "note": "One address, forty clicks",
         *       "reason": "bot"
         *     }
         */
        InvalidClicks: {
            /** @description Billed clicks on ads of this advertiser. */
            click_ids: string[];
            /** @description For people. */
            note?: string | null;
            /** @description `bot`, `duplicate`, `fraud`, `accidental` or `other`. */
            reason: string;
        };
        /**
         * @description An invitation that waits to be accepted.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "email": "boris@example.com",
         *       "expires_at": "2026-11-28T08:15:00Z",
         *       "invitation_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "invited_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "role": "marketer"
         *     }
         */
        Invitation: {
            /** @description When it was mailed. */
            created_at: string;
            /** @description Whom. */
            email: string;
            /** @description When its link ends. */
            expires_at: string;
            /**
             * Format: uuid
             * @description The invitation.
             */
            invitation_id: string;
            /**
             * Format: uuid
             * @description The user who invites them.
             */
            invited_by: string;
            /** @description What they may do: `owner`, `marketer` or `viewer`. */
            role: string;
        };
        /**
         * @description Whom to invite.
         * @example {
         *       "email": "boris@example.com",
         *       "role": "marketer"
         *     }
         */
        InvitationCreate: {
            /**
             * Format: email
             * @description Where they are reached; only somebody with this e-mail can accept.
             */
            email: string;
            /** @description What they may do: `owner`, `marketer` or `viewer`. */
            role: string;
        };
        /**
         * @description A piece of work in the background.
         * @example {
         *       "attempts": 1,
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "due_at": "2026-11-21T08:15:05Z",
         *       "error": "service-unavailable: the mail server does not answer",
         *       "finished_at": null,
         *       "is_cancel_asked": false,
         *       "job_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "key": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f",
         *       "kind": "invitation.mail",
         *       "max_attempts": 14,
         *       "progress": {
         *         "done": 0,
         *         "message": "",
         *         "total": null
         *       },
         *       "project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "started_at": "2026-11-21T08:15:00Z",
         *       "state": "waiting",
         *       "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60"
         *     }
         */
        Job: {
            /**
             * Format: int32
             * @description How often it was begun.
             */
            attempts: number;
            /** @description When it was asked for. */
            created_at: string;
            /** @description From when on it may run. */
            due_at: string;
            /** @description What went wrong last. */
            error?: string | null;
            /** @description When it was over. */
            finished_at?: string | null;
            /** @description Whether somebody wants it to end. */
            is_cancel_asked: boolean;
            /**
             * Format: uuid
             * @description The job.
             */
            job_id: string;
            /** @description One active job of its kind at a time has this key. */
            key?: string | null;
            /** @description What it does: what it is about, a dot, what it does. */
            kind: string;
            /**
             * Format: int32
             * @description How often it is tried in all.
             */
            max_attempts: number;
            /** @description How far it is. */
            progress: components["schemas"]["JobProgress"];
            /**
             * Format: uuid
             * @description For which project; `null`: for none.
             */
            project_id?: string | null;
            /** @description When it was last begun. */
            started_at?: string | null;
            /** @description `waiting`, `running`, `done`, `dead` (it has failed for good) or `cancelled`. */
            state: string;
            /**
             * Format: uuid
             * @description Who asked for it; `null`: Barker itself.
             */
            user_id?: string | null;
        };
        /**
         * @description How far a job is.
         * @example {
         *       "done": 1200,
         *       "message": "reading rows",
         *       "total": 5000
         *     }
         */
        JobProgress: {
            /**
             * Format: int64
             * @description How much is done, in whatever the job counts.
             */
            done: number;
            /** @description In words; may be empty. */
            message: string;
            /**
             * Format: int64
             * @description Of how much; `null`: it does not know.
             */
            total?: number | null;
        };
        /** @description The same in both languages. */
        LabelAnswer: {
            /** @description In English. */
            en: string;
            /** @description In Russian. */
            ru: string;
        };
        /**
         * @description A link to a dashboard.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "link_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "revoked_at": null
         *     }
         */
        Link: {
            /** @description When it was made. */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who made it.
             */
            created_by?: string | null;
            /**
             * Format: uuid
             * @description The link.
             */
            link_id: string;
            /** @description When it was revoked; `null`: it works. */
            revoked_at?: string | null;
        };
        /**
         * @description A new link, with the only look at its token that there is.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "link_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "path": "/api/v1/shared/q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E",
         *       "revoked_at": null,
         *       "token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E"
         *     }
         */
        LinkShown: components["schemas"]["Link"] & {
            /** @description Where the dashboard is to be had with it. */
            path: string;
            /** @description Only its digest is kept: nobody can show it again. */
            token: string;
        };
        /**
         * @description Who logs in.
         * @example {
         *       "email": "anna@example.com",
         *       "password": "correct horse battery"
         *     }
         */
        Login: {
            /** @description For browsers: the refresh token comes as a cookie that scripts cannot read, and not in the answer. */
            cookie?: boolean;
            /** @description Their e-mail. */
            email: string;
            /** @description Their password. */
            password: string;
        };
        /**
         * @description Whose password is lost.
         * @example {
         *       "email": "anna@example.com"
         *     }
         */
        LostPassword: {
            /** @description Their e-mail. */
            email: string;
        };
        /**
         * @description What somebody may do in a project.
         * @example {
         *       "role": "marketer"
         *     }
         */
        MemberRole: {
            /** @description `owner`, `marketer` or `viewer`. */
            role: string;
        };
        /**
         * @description What users may change about themselves; what is absent stays.
         * @example {
         *       "locale": "ru",
         *       "name": "Anna Petrova"
         *     }
         */
        MePatch: {
            /** @description The language of their mails: `en` or `ru`. */
            locale?: string;
            /** @description What they are called. */
            name?: string;
        };
        /** @description A metric. */
        MetricEntry: {
            /** @description What its facts are dated by: `platform_day` is null by hour. */
            dated_by: string[];
            /** @description What it means. */
            definition: components["schemas"]["LabelAnswer"];
            /** @description How it is made of sums. */
            formula: string;
            /** @description `count`, `money`, `ratio`, or `percent` (0.5 is 50%). */
            kind: string;
            /** @description What people call it. */
            label: components["schemas"]["LabelAnswer"];
            /** @description Its name. */
            name: string;
            /** @description The families of facts that feed it. */
            sources: string[];
            /** @description The sums that it is made of. */
            sums: string[];
        };
        /**
         * @description How relevant an advertiser is to a client.
         * @example {
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "client_id": "425495af-f78e-4cff-a808-e8f1a1973ff2",
         *       "score": 8874
         *     }
         */
        MLScore: {
            /**
             * Format: uuid
             * @description The advertiser.
             */
            advertiser_id: string;
            /**
             * Format: uuid
             * @description The client.
             */
            client_id: string;
            /**
             * Format: int32
             * @description The larger, the more relevant. A pair that was never set counts as 0.
             */
            score: number;
        };
        /**
         * @description A new ad: with `creative`, which is made with it, or `creative_id`.
         * @example {
         *       "creative": {
         *         "landing_url": "https://example.com/foxes",
         *         "text": "Redder than yesterday's",
         *         "title": "Plush foxes"
         *       },
         *       "name": "Autumn",
         *       "weight": 300
         *     }
         */
        NewAdOfCampaign: {
            creative?: components["schemas"]["CreativeWords"] | null;
            /**
             * Format: uuid
             * @description The creative that it shows, one of the project's.
             */
            creative_id?: string | null;
            /** @description What people call it. */
            name?: string | null;
            /** @description `active`, as when it is absent, or `paused`. */
            status?: string | null;
            /**
             * Format: int32
             * @description How much it gets, in proportion to the other active ads of the campaign; 100 when it is absent.
             */
            weight?: number | null;
        };
        /**
         * @description A new client.
         * @example {
         *       "age": 30,
         *       "gender": "FEMALE",
         *       "location": "Moscow",
         *       "login": "anna"
         *     }
         */
        NewClient: {
            /**
             * Format: int32
             * @description Full years.
             */
            age: number;
            /**
             * Format: uuid
             * @description Yours, if you have one; nobody else's.
             */
            client_id?: string | null;
            /** @description Gender. */
            gender: components["schemas"]["Gender"];
            /** @description City, region or district; targeting compares it to the letter. */
            location: string;
            /** @description The person's name in your system. */
            login: string;
        };
        /**
         * @description Another password.
         * @example {
         *       "current_password": "correct horse battery",
         *       "new_password": "a staple, this time"
         *     }
         */
        NewPassword: {
            /** @description The one until now. */
            current_password: string;
            /** @description The one from now on. */
            new_password: string;
        };
        /** @description A report, or why there is none. */
        Outcome: {
            problem?: components["schemas"]["Problem"] | null;
            report?: components["schemas"]["ReportAnswer"] | null;
            /**
             * Format: int32
             * @description As if it had been asked alone.
             */
            status: number;
        };
        /**
         * @description How far even pacing lets a campaign go today: from a moment on, its daily budget is released bit by bit.
         * @example {
         *       "budget": 400,
         *       "released": 150,
         *       "since": "2026-11-21T08:15:00Z",
         *       "spent_before": 22.25,
         *       "until": "2026-11-21T23:30:00Z",
         *       "used": 120.5
         *     }
         */
        PacingLine: {
            /**
             * Format: double
             * @description The day's budget.
             */
            budget: number;
            /**
             * Format: double
             * @description How much of it is released by now.
             */
            released: number;
            /** @description From when on it is released; half an hour's worth at once. */
            since: string;
            /**
             * Format: double
             * @description What was spent by then.
             */
            spent_before: number;
            /** @description When all of it is released. */
            until: string;
            /**
             * Format: double
             * @description What is spent of it, or about to be.
             */
            used: number;
        };
        /**
         * @description A part of the installation, as it was found a moment ago.
         * @example {
         *       "found": "mail.example.com:587 lets us in",
         *       "is_in_order": true,
         *       "part": "mail",
         *       "took_ms": 42
         *     }
         */
        PartHealth: {
            /** @description What was found, for people. */
            found: string;
            /** @description Whether it does its work. */
            is_in_order: boolean;
            /** @description `database`, `owner` (whether this server owns it), `outbox`, `warehouse`, `mail`, `cache` or `objects`. */
            part: string;
            /**
             * Format: int64
             * @description How long it took to find out, in milliseconds.
             */
            took_ms: number;
        };
        /**
         * @description A password by the link in a mail.
         * @example {
         *       "new_password": "a staple, this time",
         *       "token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E"
         *     }
         */
        PasswordByLink: {
            /** @description The password from now on. */
            new_password: string;
            /** @description What stands after the `#` of the link. */
            token: string;
        };
        /**
         * @description A column of a file.
         * @example {
         *       "field": "order_id",
         *       "name": "Номер заказа"
         *     }
         */
        PreviewColumn: {
            /** @description Which field it is taken for. */
            field?: string | null;
            /** @description What it is called. */
            name: string;
        };
        /**
         * @description A field of a kind of facts.
         * @example {
         *       "is_required": true,
         *       "name": "order_id"
         *     }
         */
        PreviewField: {
            /** @description Whether every row must have it. */
            is_required: boolean;
            /** @description Its name. */
            name: string;
        };
        /**
         * @description What went wrong: an RFC 9457 problem document.
         * @example {
         *       "code": "invalid-request",
         *       "detail": "/age: must be 0 to 130",
         *       "errors": [
         *         {
         *           "code": "range",
         *           "message": "must be 0 to 130",
         *           "pointer": "/age"
         *         }
         *       ],
         *       "status": 400,
         *       "title": "A field of the request is missing or not allowed.",
         *       "type": "urn:barker:problem:invalid-request"
         *     }
         */
        Problem: {
            /** @description A stable word to branch on. */
            code: string;
            /** @description What happened this time. */
            detail: string;
            /** @description The fields at fault, at most 100 of them; absent when no field is. */
            errors?: components["schemas"]["ProblemField"][];
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The kind of problem in one sentence. */
            title: string;
            /** @description Names the kind of problem. */
            type: string;
        };
        /** @description One field that was refused. */
        ProblemField: {
            /** @description A stable word for the reason. */
            code: string;
            /** @description What is wrong and what is expected. */
            message: string;
            /** @description A JSON pointer into the body, or `/name` of a path or query parameter. */
            pointer: string;
        };
        /**
         * @description A tenant.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "currency": "RUB",
         *       "is_archived": false,
         *       "is_sandbox": false,
         *       "name": "Plush",
         *       "project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "role": "owner",
         *       "settings": {
         *         "attribution_model": "last_click",
         *         "attribution_window_days": 30,
         *         "is_moderated": false,
         *         "ranking": "expected_profit"
         *       },
         *       "time_zone": "Europe/Moscow"
         *     }
         */
        Project: {
            /** @description When it was made. */
            created_at: string;
            /** @description Of all its money: ISO 4217. */
            currency: string;
            /** @description Whether it was put away. */
            is_archived: boolean;
            /** @description Whether its day is set by hand. */
            is_sandbox: boolean;
            /** @description What people call it. */
            name: string;
            /**
             * Format: uuid
             * @description The project.
             */
            project_id: string;
            /** @description What you may do in it, as `owner`, `marketer` or `viewer`; an administrator may everything. */
            role?: string | null;
            /** @description What its owners decide. */
            settings: components["schemas"]["Settings"];
            /** @description Of its days; `null` for a sandbox, whose day is set by hand. */
            time_zone?: string | null;
        };
        /**
         * @description A new project.
         * @example {
         *       "currency": "RUB",
         *       "name": "Plush",
         *       "settings": {
         *         "ranking": "blend"
         *       },
         *       "time_zone": "Europe/Moscow"
         *     }
         */
        ProjectCreate: {
            /** @description Of all its money: ISO 4217. Absent: the installation's default. */
            currency?: string;
            /** @description What people call it. */
            name: string;
            /** @description What you decide about it. */
            settings?: components["schemas"]["SettingsPatch"];
            /** @description IANA name. Absent: a sandbox, whose day is set by hand. */
            time_zone?: string;
        };
        /**
         * @description A member of a project.
         * @example {
         *       "email": "anna@example.com",
         *       "name": "Anna",
         *       "role": "owner",
         *       "since": "2026-11-21T08:15:00Z",
         *       "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *     }
         */
        ProjectMember: {
            /** @description What they log in with. */
            email: string;
            /** @description What they are called; may be empty. */
            name: string;
            /** @description What they may do: `owner`, `marketer` or `viewer`. */
            role: string;
            /** @description Since when. */
            since: string;
            /**
             * Format: uuid
             * @description Who.
             */
            user_id: string;
        };
        /**
         * @description What to change about a project; what is absent stays.
         * @example {
         *       "name": "Plush & Co.",
         *       "settings": {
         *         "is_moderated": true
         *       }
         *     }
         */
        ProjectPatch: {
            /** @description Only while nothing was spent. */
            currency?: string;
            /** @description What people call it. */
            name?: string;
            /** @description What its owners decide. */
            settings?: components["schemas"]["SettingsPatch"];
            /** @description IANA name; a sandbox has none. */
            time_zone?: string;
        };
        /** @description Days, both included. */
        RangeAnswer: {
            /** @description The first. */
            date_from: string;
            /** @description The last. */
            date_to: string;
            /** @description Of these days only what happened from this instant on; absent when all of it. */
            from?: string | null;
            /** @description And before this one. */
            until?: string | null;
        };
        /**
         * @description Somebody who registers.
         * @example {
         *       "email": "anna@example.com",
         *       "locale": "en",
         *       "name": "Anna",
         *       "password": "correct horse battery"
         *     }
         */
        Registration: {
            /**
             * Format: email
             * @description What they log in with; case does not count.
             */
            email: string;
            /** @description What stands after the `#` of the link in the mail that invited them: they become a member of that project. */
            invitation?: string;
            /** @description The language of their mails: `en` (the default) or `ru`. */
            locale?: string;
            /** @description What they are called. */
            name?: string;
            /** @description Not the e-mail, and none that is guessed first. */
            password: string;
        };
        /**
         * @description Who may register.
         * @example {
         *       "is_first": false,
         *       "registration": "invite"
         *     }
         */
        RegistrationRule: {
            /** @description Whether nobody has an account yet: whoever registers now runs the installation. */
            is_first: boolean;
            /** @description `open` (anybody), `invite` (the first user, then whoever is invited) or `closed` (nobody). */
            registration: string;
        };
        /**
         * @description A row that was not kept.
         * @example {
         *       "cells": [
         *         "2",
         *         "вчера",
         *         "7"
         *       ],
         *       "code": "date_time",
         *       "field": "occurred_at",
         *       "line": 3,
         *       "reason": "\"вчера\" is no date and time"
         *     }
         */
        RejectedRow: {
            /** @description The row as it stood. */
            cells: string[];
            /**
             * @description A stable word for what is wrong: `required`, `no_amount`, `date_time`, `date`, `number`, `decimals`, `whole_number`, `positive`,
             *     `negative`, `too_large`, `currency`, `length`, `event_type`, `time_range`, `too_many_cells`, `broken_csv`, `broken_json`, `line_too_long`,
             *     `unreadable`; null of a file that an earlier version has imported.
             */
            code?: string | null;
            /** @description Which field is wrong; empty when it is the row as a whole. */
            field: string;
            /**
             * Format: int64
             * @description Its line in the file, from 1; of Parquet and after lines that go on, its row.
             */
            line: number;
            /** @description The same for people. */
            reason: string;
        };
        /**
         * @description A refresh token. Browsers send their cookie instead.
         * @example {
         *       "refresh_token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E"
         *     }
         */
        Renewal: {
            /** @description The newest one of the session. */
            refresh_token?: string;
        };
        /**
         * @description A report.
         * @example {
         *       "attribution": {
         *         "dated_by": "conversion",
         *         "lookback_days": 30,
         *         "model": "last_non_direct"
         *       },
         *       "columns": [
         *         {
         *           "kind": "text",
         *           "label": {
         *             "en": "Channel",
         *             "ru": "Канал"
         *           },
         *           "name": "channel",
         *           "role": "dimension"
         *         },
         *         {
         *           "kind": "money",
         *           "label": {
         *             "en": "Cost",
         *             "ru": "Расход"
         *           },
         *           "name": "cost",
         *           "role": "metric"
         *         },
         *         {
         *           "kind": "percent",
         *           "label": {
         *             "en": "ROMI",
         *             "ru": "ROMI"
         *           },
         *           "name": "romi",
         *           "role": "metric"
         *         }
         *       ],
         *       "currency": "RUB",
         *       "date_from": "2026-11-15",
         *       "date_to": "2026-11-21",
         *       "freshness": {
         *         "ad_spend": {
         *           "arrived_at": "2026-11-21T03:00:12Z",
         *           "latest": "2026-11-20"
         *         }
         *       },
         *       "is_cut": false,
         *       "previous": {
         *         "date_from": "2026-11-08",
         *         "date_to": "2026-11-14"
         *       },
         *       "revenue_from": "orders",
         *       "row_count": 1,
         *       "rows": [
         *         {
         *           "change": {
         *             "cost": 0.25,
         *             "romi": null
         *           },
         *           "channel": "paid_search",
         *           "cost": 1000,
         *           "previous": {
         *             "cost": 800,
         *             "romi": null
         *           },
         *           "romi": 0.5
         *         }
         *       ],
         *       "sources": [
         *         {
         *           "account": "shop",
         *           "arrived_at": "2026-11-21T03:00:12Z",
         *           "facts": "ad_spend",
         *           "feeds": "ad_spend",
         *           "latest": "2026-11-20",
         *           "source": "yandex_direct"
         *         }
         *       ],
         *       "time_zone": "Europe/Moscow",
         *       "totals": {
         *         "change": {
         *           "cost": 0.25,
         *           "romi": null
         *         },
         *         "cost": 1000,
         *         "previous": {
         *           "cost": 800,
         *           "romi": null
         *         },
         *         "romi": 0.5
         *       },
         *       "unconverted": 0
         *     }
         */
        ReportAnswer: components["schemas"]["RangeAnswer"] & {
            /** @description Who is credited. */
            attribution: components["schemas"]["ReportAttribution"];
            /** @description Dimensions, then metrics. */
            columns: components["schemas"]["ColumnAnswer"][];
            /** @description Of all money. */
            currency: string;
            /** @description The latest of each kind of source. */
            freshness: Record<string, never>;
            /** @description Whether there are more than are shown. */
            is_cut: boolean;
            /** @description What people call the ids in the rows, by dimension and id: `advertiser` has names. Absent when there are none. */
            names?: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            previous?: components["schemas"]["RangeAnswer"] | null;
            /** @description Where orders and revenue come from: `orders`, or `purchases` in a project without a shop. */
            revenue_from: string;
            /** @description Rows there are without the limit. */
            row_count: number;
            /** @description By the names of columns; compared, with `previous` and `change` (the growth as a share). */
            rows: Record<string, never>[];
            /** @description What the metrics were read from. */
            sources: components["schemas"]["SourceAnswer"][];
            /** @description Of days and hours. */
            time_zone: string;
            /** @description Over all rows, also those beyond the limit. */
            totals: Record<string, never>;
            /**
             * Format: int64
             * @description Facts missing from sums of money, because their currency has no rate.
             */
            unconverted: number;
        };
        /**
         * @description Which touch is credited.
         * @example {
         *       "dated_by": "conversion",
         *       "lookback_days": 30,
         *       "model": "last_non_direct"
         *     }
         */
        ReportAttribution: {
            /** @description The day that a credited conversion counts on: its own (`conversion`) or that of its `touch`. */
            dated_by?: string;
            /**
             * Format: int32
             * @description How long before it the touch may have been.
             */
            lookback_days?: number;
            /** @description `last_non_direct`, `last_touch`, `first_touch` or `linear`. */
            model?: string;
        };
        /**
         * @description Rows that count.
         * @example {
         *       "dimension": "channel",
         *       "operator": "is",
         *       "values": [
         *         "paid_search",
         *         "(unattributed)"
         *       ]
         *     }
         */
        ReportFilter: {
            /** @description A dimension that is not one of time. */
            dimension: string;
            /** @description `is` (when absent) or `is_not`. */
            operator?: string;
            /** @description One or several; `(unattributed)` stands for rows that have none. */
            values: string[];
        };
        /**
         * @description What a report is to tell. Everything may be left out.
         * @example {
         *       "compare_to": "previous_period",
         *       "date_from": "2026-11-01",
         *       "date_to": "2026-11-21",
         *       "filters": [
         *         {
         *           "dimension": "source",
         *           "operator": "is_not",
         *           "values": [
         *             "barker"
         *           ]
         *         }
         *       ],
         *       "group_by": [
         *         "channel"
         *       ],
         *       "limit": 20,
         *       "metrics": [
         *         "cost",
         *         "revenue",
         *         "romi"
         *       ],
         *       "sort": "-revenue"
         *     }
         */
        ReportQuestion: {
            /** @description Who is credited with orders, leads and new customers; what is absent is the project's. */
            attribution?: components["schemas"]["ReportAttribution"];
            /** @description `previous_period` or `previous_year`. */
            compare_to?: string;
            /** @description ISO 4217: what money is converted to. Absent: the project's currency. */
            currency?: string;
            /** @description The first day. Absent: see `window`. */
            date_from?: string;
            /** @description The last day, which counts; today when absent. With `window=1h` an instant as well. */
            date_to?: string;
            /** @description All of them hold. */
            filters?: components["schemas"]["ReportFilter"][];
            /** @description Names of dimensions, one or several. Absent: one row over all. */
            group_by?: string[];
            /** @description Whether refunds are taken off revenue; they are when absent. */
            is_net_of_refunds?: boolean;
            /**
             * Format: int32
             * @description Most rows; 1,000 when absent.
             */
            limit?: number;
            /** @description Names of metrics, one or several. Absent: impressions, clicks, cost, orders, revenue, ctr, cpa, romi. */
            metrics?: string[];
            /** @description Metrics and dimensions of the report, with a `-` before them for the largest first. Absent: by time, else by the first metric. */
            sort?: string[];
            /** @description Instead of `date_from`: `1h`, `1d`, `7d` or `30d` up to `date_to`. `30d` when neither is there. */
            window?: string;
        };
        /**
         * @description Which events are conversions.
         * @example {
         *       "conversion_events": [
         *         "purchase",
         *         "lead"
         *       ]
         *     }
         */
        ReportSettings: {
            /** @description Types of events; none: orders are conversions. */
            conversion_events: string[];
        };
        /**
         * @description A saved report: what its maker wrote, with its id and version.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "name": "Channels, this month",
         *       "query": {
         *         "group_by": [
         *           "channel"
         *         ],
         *         "metrics": [
         *           "cost",
         *           "romi"
         *         ],
         *         "window": "30d"
         *       },
         *       "saved_report_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "updated_at": "2026-11-21T08:15:00Z",
         *       "version": 1,
         *       "view": "table"
         *     }
         */
        SavedReport: {
            /** @description What it is for. */
            description?: string;
            /** @description What people call it. */
            name: string;
            /** @description The question. */
            query: components["schemas"]["ReportQuestion"];
            /** @description How it is shown: `number`, `line`, `bar`, `table`, `pie`. */
            view?: string;
        } & {
            /** @description When it was saved. */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who saved it.
             */
            created_by?: string | null;
            /**
             * Format: uuid
             * @description The report.
             */
            saved_report_id: string;
            /** @description When it was changed last. */
            updated_at: string;
            /**
             * Format: int32
             * @description Grows with every change; the `ETag` of the answer.
             */
            version: number;
        };
        /**
         * @description What is to be kept.
         * @example {
         *       "name": "Channels, this month",
         *       "query": {
         *         "group_by": [
         *           "channel"
         *         ],
         *         "metrics": [
         *           "cost",
         *           "romi"
         *         ],
         *         "window": "30d"
         *       },
         *       "view": "table"
         *     }
         */
        SavedReportTerms: {
            /** @description What it is for. */
            description?: string;
            /** @description What people call it. */
            name: string;
            /** @description The question. */
            query: components["schemas"]["ReportQuestion"];
            /** @description How it is shown: `number`, `line`, `bar`, `table`, `pie`. */
            view?: string;
        };
        /**
         * @description How many pairs were set.
         * @example {
         *       "updated": 6270
         *     }
         */
        ScoresSet: {
            /** @description Different pairs of client and advertiser. */
            updated: number;
        };
        /**
         * @description One log-in.
         * @example {
         *       "address": "192.0.2.7",
         *       "agent": "curl/8.10",
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "expires_at": "2026-12-21T08:45:00Z",
         *       "is_current": true,
         *       "refreshed_at": "2026-11-21T08:45:00Z",
         *       "session_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *     }
         */
        Session: {
            /** @description Where it was started from. */
            address?: string | null;
            /** @description What the browser or program called itself. */
            agent?: string | null;
            /** @description When it was started. */
            created_at: string;
            /** @description When it ends unless they are renewed again. */
            expires_at: string;
            /** @description Whether this request belongs to it. */
            is_current: boolean;
            /** @description When its tokens were last renewed. */
            refreshed_at: string;
            /**
             * Format: uuid
             * @description The session.
             */
            session_id: string;
        };
        /**
         * @description What the owners of a project decide.
         * @example {
         *       "attribution_model": "last_click",
         *       "attribution_window_days": 30,
         *       "is_moderated": false,
         *       "ranking": "expected_profit"
         *     }
         */
        Settings: {
            /** @description Which touch a conversion is credited to by default: `last_click`, `first_click` or `linear`. */
            attribution_model: string;
            /**
             * Format: int32
             * @description How many days after a touch a conversion is still credited to it by default.
             */
            attribution_window_days: number;
            /** @description Whether titles and texts of ads are moderated. */
            is_moderated: boolean;
            /** @description How ads are ranked: `expected_profit` or `blend`. */
            ranking: string;
        };
        /**
         * @description What to change about a project's settings; what is absent stays, or is the default of a new one.
         * @example {
         *       "ranking": "blend"
         *     }
         */
        SettingsPatch: {
            /** @description Which touch a conversion is credited to: `last_click` (the default), `first_click` or `linear`. */
            attribution_model?: string;
            /**
             * Format: int32
             * @description How many days after a touch a conversion is still credited to it; 30 by default.
             */
            attribution_window_days?: number;
            /** @description Whether titles and texts of ads are moderated; they are not by default. */
            is_moderated?: boolean;
            /** @description How ads are ranked: `expected_profit` or `blend`. Absent from a new project: the installation's default. */
            ranking?: string;
        };
        /**
         * @description A dashboard as visitors see it.
         * @example {
         *       "content": {
         *         "period": {
         *           "window": "30d"
         *         },
         *         "widgets": [
         *           {
         *             "id": "romi",
         *             "kind": "number",
         *             "query": {
         *               "metrics": "romi"
         *             },
         *             "title": "ROMI"
         *           }
         *         ]
         *       },
         *       "name": "Overview",
         *       "version": 3
         *     }
         */
        SharedDashboard: {
            /** @description Its period, filters and widgets. */
            content: Record<string, never>;
            /** @description What people call it. */
            name: string;
            /**
             * Format: int32
             * @description Grows with every change.
             */
            version: number;
        };
        /**
         * @description What a sheet shows, widget by widget.
         * @example {
         *       "answers": [
         *         {
         *           "report": {
         *             "date_from": "2026-11-15",
         *             "date_to": "2026-11-21",
         *             "rows": [
         *               {
         *                 "cost": 1000
         *               }
         *             ],
         *             "totals": {
         *               "cost": 1000
         *             }
         *           },
         *           "status": 200,
         *           "widget": "cost"
         *         }
         *       ]
         *     }
         */
        SheetAnswers: {
            /** @description One for each widget that asks something, in their order. */
            answers: components["schemas"]["WidgetAnswer"][];
        };
        /** @description Where numbers come from. */
        SourceAnswer: {
            /** @description The account there. */
            account: string;
            /** @description When the last one came. */
            arrived_at: string;
            /** @description The kind of facts. */
            facts: string;
            /** @description The metrics that it feeds: `ad_spend`, `sales`, `leads`, `events`. */
            feeds: string;
            /** @description The day or instant of the latest fact. */
            latest: string;
            /** @description The platform, shop or CRM. */
            source: string;
        };
        /**
         * @description An advertiser's money over some days: `opening` and all `rows` make `closing`.
         * @example {
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "closing": 1000,
         *       "currency": "RUB",
         *       "date_from": "2026-11-01",
         *       "date_to": "2026-11-30",
         *       "opening": 0,
         *       "rows": [
         *         {
         *           "amount": 1000,
         *           "date": "2026-11-21",
         *           "kind": "top_up",
         *           "transactions": 1
         *         }
         *       ],
         *       "totals": {
         *         "adjustment": 0,
         *         "refund": 0,
         *         "spend": 0,
         *         "top_up": 1000
         *       }
         *     }
         */
        Statement: {
            /**
             * Format: uuid
             * @description Whose money.
             */
            advertiser_id: string;
            /**
             * Format: double
             * @description The balance after the last day.
             */
            closing: number;
            /** @description ISO 4217. */
            currency: string;
            /** @description The first day. */
            date_from: string;
            /** @description The last day. */
            date_to: string;
            /**
             * Format: double
             * @description The balance before the first day.
             */
            opening: number;
            /** @description What was posted, by day and kind. */
            rows: components["schemas"]["StatementRow"][];
            /** @description What was posted of each kind. */
            totals: components["schemas"]["StatementTotals"];
        };
        /** @description What was posted on a day, of one kind. */
        StatementRow: {
            /**
             * Format: double
             * @description What they add to the balance.
             */
            amount: number;
            /** @description The day. */
            date: string;
            /** @description `top_up`, `spend`, `refund` or `adjustment`. */
            kind: string;
            /**
             * Format: int64
             * @description How many transactions.
             */
            transactions: number;
        };
        /** @description What was posted of each kind. */
        StatementTotals: {
            /**
             * Format: double
             * @description What was set right.
             */
            adjustment: number;
            /**
             * Format: double
             * @description What was given back.
             */
            refund: number;
            /**
             * Format: double
             * @description What was spent; below zero.
             */
            spend: number;
            /**
             * Format: double
             * @description What came in.
             */
            top_up: number;
        };
        /**
         * @description What was delivered and spent.
         * @example {
         *       "days": [
         *         {
         *           "calendar_date": "2026-11-22",
         *           "clicks_count": 1,
         *           "conversion": 12.5,
         *           "date": 6,
         *           "impressions_count": 8,
         *           "spent_clicks": 10.25,
         *           "spent_impressions": 12,
         *           "spent_total": 22.25
         *         }
         *       ],
         *       "total": {
         *         "clicks_count": 1,
         *         "conversion": 12.5,
         *         "impressions_count": 8,
         *         "spent_clicks": 10.25,
         *         "spent_impressions": 12,
         *         "spent_total": 22.25
         *       }
         *     }
         */
        Statistics: {
            /** @description By day. */
            days: components["schemas"]["DayStatistics"][];
            /** @description In total. */
            total: components["schemas"]["Stats"];
        };
        /**
         * @description What was delivered and spent.
         * @example {
         *       "clicks_count": 1,
         *       "conversion": 12.5,
         *       "impressions_count": 8,
         *       "spent_clicks": 10.25,
         *       "spent_impressions": 12,
         *       "spent_total": 22.25
         *     }
         */
        Stats: {
            /**
             * Format: int64
             * @description Billed clicks: once per client and campaign.
             */
            clicks_count: number;
            /**
             * Format: double
             * @description Clicks per hundred impressions; 0 without impressions.
             */
            conversion: number;
            /**
             * Format: int64
             * @description Counted impressions: once per client and campaign.
             */
            impressions_count: number;
            /**
             * Format: double
             * @description Spent on clicks, at the prices of their moments.
             */
            spent_clicks: number;
            /**
             * Format: double
             * @description Spent on impressions, at the prices of their moments.
             */
            spent_impressions: number;
            /**
             * Format: double
             * @description Spent in all.
             */
            spent_total: number;
        };
        /** @description Whom a campaign may be shown to. All restrictions must hold; an absent or null one restricts nothing. */
        Targeting: {
            /**
             * Format: int32
             * @description Youngest age, inclusive.
             */
            age_from?: number | null;
            /**
             * Format: int32
             * @description Oldest age, inclusive.
             */
            age_to?: number | null;
            gender?: components["schemas"]["Audience"] | null;
            /** @description Location, compared to the letter. */
            location?: string | null;
        };
        /**
         * @description What opens things from now on.
         * @example {
         *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk2ZjBhNCJ9.c2lnbmF0dXJl",
         *       "expires_in": 900,
         *       "refresh_token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E",
         *       "token_type": "Bearer"
         *     }
         */
        TokenAnswer: {
            /** @description For requests: `Authorization: Bearer ...`. */
            access_token: string;
            /**
             * Format: int64
             * @description How long the access token is good, in seconds.
             */
            expires_in: number;
            /** @description For the next tokens, good once and for 30 days; absent when it came as a cookie. */
            refresh_token?: string;
            /** @description Always `Bearer`. */
            token_type: string;
        };
        /**
         * @description One line of the audit log.
         * @example {
         *       "action": "member.changed",
         *       "actor": "user",
         *       "address": "192.0.2.7",
         *       "after": {
         *         "role": "marketer"
         *       },
         *       "before": {
         *         "role": "viewer"
         *       },
         *       "id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
         *       "key_id": null,
         *       "occurred_at": "2026-11-21T08:15:00.123Z",
         *       "project_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "request_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c61",
         *       "subject_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60",
         *       "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f"
         *     }
         */
        TrailLine: {
            /** @description What happened: what it is about, a dot, what happened to it. */
            action: string;
            /** @description Who did it: `user`, `key`, `system` (Barker itself, or its operator at the command line) or `anonymous`. */
            actor: string;
            /** @description From which address. */
            address?: string | null;
            /** @description How it is afterwards, or how many were stored. */
            after?: Record<string, never> | null;
            /** @description How it was before. */
            before?: Record<string, never> | null;
            /**
             * Format: uuid
             * @description The line.
             */
            id: string;
            /**
             * Format: uuid
             * @description Which key.
             */
            key_id?: string | null;
            /** @description When it happened. */
            occurred_at: string;
            /**
             * Format: uuid
             * @description The project it happened in; `null`: in none.
             */
            project_id?: string | null;
            /** @description In which request. */
            request_id?: string | null;
            /**
             * Format: uuid
             * @description The id of what it happened to.
             */
            subject_id?: string | null;
            /**
             * Format: uuid
             * @description Which user.
             */
            user_id?: string | null;
        };
        /**
         * @description A movement of money; it is never changed.
         * @example {
         *       "advertiser_id": "addf3407-9265-44b8-8e7e-6b015f63c47d",
         *       "amount": 1000,
         *       "balance": 1000,
         *       "currency": "RUB",
         *       "date": "2026-11-21",
         *       "idempotency_key": "invoice-7",
         *       "invalid_clicks": 0,
         *       "kind": "top_up",
         *       "note": "Invoice 7",
         *       "posted_at": "2026-11-21T08:15:00Z",
         *       "transaction_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *     }
         */
        Transaction: {
            /**
             * Format: uuid
             * @description Whose money.
             */
            advertiser_id: string;
            /**
             * Format: double
             * @description What it adds to the balance.
             */
            amount: number;
            /**
             * Format: double
             * @description The balance right after it.
             */
            balance: number;
            /** @description ISO 4217. */
            currency: string;
            /** @description The project's day that it belongs to. */
            date: string;
            /** @description What whoever asked for it calls it; spend has none. */
            idempotency_key?: string | null;
            /**
             * Format: int32
             * @description How many invalid clicks it gives back.
             */
            invalid_clicks: number;
            /** @description `top_up`, `spend`, `refund` or `adjustment`. */
            kind: string;
            /** @description For people. */
            note?: string | null;
            /** @description When it was posted. */
            posted_at: string;
            /**
             * Format: uuid
             * @description The movement.
             */
            transaction_id: string;
        };
        /**
         * @description A person who logs in.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "email": "anna@example.com",
         *       "is_administrator": false,
         *       "is_blocked": false,
         *       "locale": "en",
         *       "name": "Anna",
         *       "user_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *     }
         */
        User: {
            /** @description When the account was made. */
            created_at: string;
            /** @description What they log in with. */
            email: string;
            /** @description Whether they run the installation. */
            is_administrator: boolean;
            /** @description Whether they are shut out. */
            is_blocked: boolean;
            /** @description The language of their mails: `en` or `ru`. */
            locale: string;
            /** @description What they are called; may be empty. */
            name: string;
            /**
             * Format: uuid
             * @description The user.
             */
            user_id: string;
        };
        /**
         * @description What to change about a user; what is absent stays.
         * @example {
         *       "is_administrator": true,
         *       "is_blocked": false
         *     }
         */
        UserPatch: {
            /** @description Whether they run the installation; at least one does. */
            is_administrator?: boolean;
            /** @description Whether they are shut out; their sessions end. */
            is_blocked?: boolean;
            /** @description The language of their mails: `en` or `ru`. */
            locale?: string;
            /** @description What they are called. */
            name?: string;
        };
        /**
         * @description An address that is told what happened in the project.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e",
         *       "description": "Tells the team's chat",
         *       "events": [
         *         "campaign.finished"
         *       ],
         *       "is_enabled": true,
         *       "updated_at": "2026-11-21T08:15:00Z",
         *       "url": "https://shop.example/hooks/barker",
         *       "webhook_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *     }
         */
        Webhook: {
            /** @description When it was made. */
            created_at: string;
            /**
             * Format: uuid
             * @description The user who made it.
             */
            created_by?: string | null;
            /** @description What it is for. */
            description: string;
            /** @description What it is told. */
            events: string[];
            /** @description Whether it is told anything. An address that answers 410 is switched off. */
            is_enabled: boolean;
            /** @description When it was changed last. */
            updated_at: string;
            /** @description Where it is. */
            url: string;
            /**
             * Format: uuid
             * @description The webhook.
             */
            webhook_id: string;
        };
        /**
         * @description A webhook to make.
         * @example {
         *       "description": "Tells the team's chat",
         *       "events": [
         *         "campaign.finished"
         *       ],
         *       "url": "https://shop.example/hooks/barker"
         *     }
         */
        WebhookCreate: {
            /** @description What it is for. */
            description?: string | null;
            /** @description What it is told: `campaign.finished`, `balance.low`, `money.ended`. Every webhook is told `ping`. */
            events: string[];
            /** @description Whether it is told anything; it is when absent. */
            is_enabled?: boolean | null;
            /** @description Where it is: `https://`, reachable from the server, out of its own network unless `webhooks.allow_private_addresses`. */
            url: string;
        };
        /**
         * @description What to change about a webhook; what is absent stays.
         * @example {
         *       "is_enabled": false
         *     }
         */
        WebhookPatch: {
            /** @description What it is for. */
            description?: string | null;
            /** @description What it is told. */
            events?: string[] | null;
            /** @description Whether it is told anything. */
            is_enabled?: boolean | null;
            /** @description Where it is. */
            url?: string | null;
        };
        /**
         * @description Another secret of a webhook.
         * @example {
         *       "secret": "whsec_q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E="
         *     }
         */
        WebhookSecret: {
            /** @description What its messages are signed with from now on. */
            secret: string;
        };
        /**
         * @description A new webhook, with the only look at its secret that there is.
         * @example {
         *       "created_at": "2026-11-21T08:15:00Z",
         *       "created_by": null,
         *       "description": "",
         *       "events": [
         *         "campaign.finished"
         *       ],
         *       "is_enabled": true,
         *       "secret": "whsec_q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E=",
         *       "updated_at": "2026-11-21T08:15:00Z",
         *       "url": "https://shop.example/hooks/barker",
         *       "webhook_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
         *     }
         */
        WebhookShown: components["schemas"]["Webhook"] & {
            /** @description What its messages are signed with, as Standard Webhooks says. It is kept sealed: nobody can show it again. */
            secret: string;
        };
        /** @description What a widget shows, or why it shows nothing. */
        WidgetAnswer: components["schemas"]["Outcome"] & {
            /** @description The widget's id. */
            widget: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getAdForClient: {
        parameters: {
            query: {
                /**
                 * @description Who asks.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                client_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ad. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ad"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recordAdClick: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The ad: the id of its campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                adId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClickRequest"];
            };
        };
        responses: {
            /** @description Noted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAdvertisers: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose name contains this, in any case.
                 * @example smart
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of advertisers. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Advertiser"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdvertiserById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The advertiser. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Advertiser"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCampaigns: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Whose campaigns.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of campaigns. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Who pays.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignCreate"];
            };
        };
        responses: {
            /** @description The new campaign. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCampaignById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Whose campaign.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The campaign. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Whose campaign.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignCreate"];
            };
        };
        responses: {
            /** @description The campaign as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Whose campaign.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Whose campaign.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignPatch"];
            };
        };
        responses: {
            /** @description The campaign as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Campaign"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upsertAdvertisers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Advertiser"][];
            };
        };
        responses: {
            /** @description The advertisers as they are now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Advertiser"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrail: {
        parameters: {
            query?: {
                /**
                 * @description Only this action (`member.changed`), or every action on this (`member`).
                 * @example member
                 */
                action?: string;
                /**
                 * @description Only before this instant.
                 * @example 2026-12-01T00:00:00Z
                 */
                before?: string;
                /**
                 * @description Only from this instant on.
                 * @example 2026-11-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only what was done with this key.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60
                 */
                key_id?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only what happened in this project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                project_id?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description Only what happened to this.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c61
                 */
                subject_id?: string;
                /**
                 * @description Only what this user did.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f
                 */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of lines. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrailLine"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportTrail: {
        parameters: {
            query?: {
                /**
                 * @description Only this action (`member.changed`), or every action on this (`member`).
                 * @example member
                 */
                action?: string;
                /**
                 * @description Only before this instant.
                 * @example 2026-12-01T00:00:00Z
                 */
                before?: string;
                /**
                 * @description `csv`, as when it is absent, or `ndjson`: a JSON object on each line.
                 * @example csv
                 */
                format?: string;
                /**
                 * @description Only from this instant on.
                 * @example 2026-11-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only what was done with this key.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60
                 */
                key_id?: string;
                /**
                 * @description Only what happened in this project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                project_id?: string;
                /**
                 * @description Only what happened to this.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c61
                 */
                subject_id?: string;
                /**
                 * @description Only what this user did.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f
                 */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All lines, streamed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"action": "member.changed"} */
                    "application/x-ndjson": string;
                    /** @example id,occurred_at,project_id,actor,user_id,key_id,action,subject_id,before,after,address,request_id */
                    "text/csv": string;
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Logged out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description Changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forgetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LostPassword"];
            };
        };
        responses: {
            /** @description Somebody will get a mail, or nobody. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordByLink"];
            };
        };
        responses: {
            /** @description Set; log in with it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refreshToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Renewal"] | null;
            };
        };
        responses: {
            /** @description New tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description The account; log in with it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who may. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationRule"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Logged in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getInstallation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its health and its settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Installation"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getInstallationHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every part. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartHealth"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAllProjects: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of projects. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getInstallationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What holds, and where it comes from. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstallationSettings"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeInstallationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InstallationSettingsPatch"];
            };
        };
        responses: {
            /** @description What holds now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstallationSettings"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /**
                 * @description Only those asked for before this instant.
                 * @example 2026-12-01T00:00:00Z
                 */
                before?: string;
                /**
                 * @description Only those asked for from this instant on.
                 * @example 2026-11-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only those of this kind.
                 * @example invitation.mail
                 */
                kind?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those of this project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                project_id?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description Only those in this state.
                 * @example dead
                 */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of jobs. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description You. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MePatch"];
            };
        };
        responses: {
            /** @description You, as you are now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Acceptance"];
            };
        };
        responses: {
            /** @description You are a member. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMySessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your sessions, at most 50. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endMySession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjects: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of projects. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createProject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectCreate"];
            };
        };
        responses: {
            /** @description The new project. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The project. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectPatch"];
            };
        };
        responses: {
            /** @description The project as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectAds: {
        parameters: {
            query?: {
                /**
                 * @description Only this campaign's.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaign_id?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose name, title or text contains this, in any case.
                 * @example bear
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description The oldest first (as when it is absent), newest first, or the heaviest first.
                 * @example weight
                 */
                sort?: string;
                /**
                 * @description Only those with this status; all but the archived ones when it is absent.
                 * @example active
                 */
                status?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of ads. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdOfCampaign"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectAd: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The ad.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                adId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ad. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdOfCampaign"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProjectAd: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The ad.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                adId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdOfCampaignChange"];
            };
        };
        responses: {
            /** @description The ad as it is now, with its `ETag`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdOfCampaign"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectAdStatistics: {
        parameters: {
            query?: {
                /**
                 * @description `none` leaves days without events out; `zero`, as when it is absent, lists them.
                 * @example none
                 */
                fill?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The ad.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                adId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it delivered and spent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectAdvertisers: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose name contains this, in any case.
                 * @example smart
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description Newest first (as when it is absent), or by name.
                 * @example name
                 */
                sort?: string;
                /**
                 * @description `active`, as when it is absent, or `archived`.
                 * @example active
                 */
                status?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of advertisers. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdvertiserWithBalance"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createProjectAdvertiser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdvertiserName"];
            };
        };
        responses: {
            /** @description The new advertiser, with its `ETag`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdvertiserShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectAdvertiser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The advertiser. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdvertiserShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProjectAdvertiser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdvertiserPatch"];
            };
        };
        responses: {
            /** @description The advertiser as it is now, with its `ETag`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdvertiserShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, with its `ETag`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountPatch"];
            };
        };
        responses: {
            /** @description The account as it is now, with its `ETag`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    adjustBalance: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Your name for this movement, unique in the project.
                 * @example payout-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Amount"];
            };
        };
        responses: {
            /** @description The transaction. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refundSpend: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Your name for this movement, unique in the project.
                 * @example complaint-3
                 */
                "Idempotency-Key": string;
            };
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Amount"];
            };
        };
        responses: {
            /** @description The transaction. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStatement: {
        parameters: {
            query?: {
                /**
                 * @description The first day; the first of the month of the last day when absent.
                 * @example 2026-11-01
                 */
                date_from?: string;
                /**
                 * @description The last day; today when absent.
                 * @example 2026-11-30
                 */
                date_to?: string;
                /**
                 * @description `json`, as when it is absent, or `csv`.
                 * @example csv
                 */
                format?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statement. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statement"];
                    /** @example date,kind,postings,amount,balance,currency */
                    "text/csv": string;
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    topUp: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Your name for this movement, unique in the project.
                 * @example invoice-7
                 */
                "Idempotency-Key": string;
            };
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Amount"];
            };
        };
        responses: {
            /** @description The transaction. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTransactions: {
        parameters: {
            query?: {
                /**
                 * @description Only those of this day and later.
                 * @example 2026-11-01
                 */
                date_from?: string;
                /**
                 * @description Only those of this day and earlier.
                 * @example 2026-11-30
                 */
                date_to?: string;
                /**
                 * @description Only those of this kind.
                 * @example top_up
                 */
                kind?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose note or key contains this, to the letter.
                 * @example Invoice 7
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description The latest day first (as when it is absent), the earliest, or the largest amount.
                 * @example latest
                 */
                sort?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of transactions. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listClicks: {
        parameters: {
            query?: {
                /**
                 * @description Only those on this campaign's ad.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaign_id?: string;
                /**
                 * @description Only those by this client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                client_id?: string;
                /**
                 * @description Only those of this day and later.
                 * @example 2026-11-01
                 */
                date_from?: string;
                /**
                 * @description Only those of this day and earlier.
                 * @example 2026-11-30
                 */
                date_to?: string;
                /**
                 * @description Only those with this outcome.
                 * @example billed
                 */
                outcome?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of clicks. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Click"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refundClicks: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Your name for this refund, unique in the project.
                 * @example bots-of-november
                 */
                "Idempotency-Key": string;
            };
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvalidClicks"];
            };
        };
        responses: {
            /** @description The refund. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectAdvertiserStatistics: {
        parameters: {
            query?: {
                /**
                 * @description `none` leaves days without events out; `zero`, as when it is absent, lists them.
                 * @example none
                 */
                fill?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What they delivered and spent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archiveProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The project as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectTrail: {
        parameters: {
            query?: {
                /**
                 * @description Only this action (`member.changed`), or every action on this (`member`).
                 * @example member
                 */
                action?: string;
                /**
                 * @description Only before this instant.
                 * @example 2026-12-01T00:00:00Z
                 */
                before?: string;
                /**
                 * @description Only from this instant on.
                 * @example 2026-11-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only what was done with this key.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60
                 */
                key_id?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description Only what happened to this.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c61
                 */
                subject_id?: string;
                /**
                 * @description Only what this user did.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f
                 */
                user_id?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of lines. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrailLine"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportProjectTrail: {
        parameters: {
            query?: {
                /**
                 * @description Only this action (`member.changed`), or every action on this (`member`).
                 * @example member
                 */
                action?: string;
                /**
                 * @description Only before this instant.
                 * @example 2026-12-01T00:00:00Z
                 */
                before?: string;
                /**
                 * @description `csv`, as when it is absent, or `ndjson`: a JSON object on each line.
                 * @example csv
                 */
                format?: string;
                /**
                 * @description Only from this instant on.
                 * @example 2026-11-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only what was done with this key.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c60
                 */
                key_id?: string;
                /**
                 * @description Only what happened to this.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c61
                 */
                subject_id?: string;
                /**
                 * @description Only what this user did.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f
                 */
                user_id?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All lines, streamed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"action": "member.changed"} */
                    "application/x-ndjson": string;
                    /** @example id,occurred_at,project_id,actor,user_id,key_id,action,subject_id,before,after,address,request_id */
                    "text/csv": string;
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectCampaigns: {
        parameters: {
            query?: {
                /**
                 * @description Only this advertiser's.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiser_id?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose name, title or text contains this, in any case.
                 * @example bear
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description By what: newest first (as when it is absent), by title, by first or last day, most impressions or clicks first.
                 * @example impressions
                 */
                sort?: string;
                /**
                 * @description Only those in this stage.
                 * @example running
                 */
                stage?: string;
                /**
                 * @description Only those with this status; all but the archived ones when it is absent.
                 * @example active
                 */
                status?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of campaigns. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignOverview"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createProjectCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignOfAdvertiser"];
            };
        };
        responses: {
            /** @description The new campaign, with its `ETag`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignOverview"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The campaign. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignOverview"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteProjectCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProjectCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignChange"];
            };
        };
        responses: {
            /** @description The campaign as it is now, with its `ETag`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignOverview"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCampaignAds: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose name, title or text contains this, in any case.
                 * @example bear
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description The oldest first (as when it is absent), newest first, or the heaviest first.
                 * @example weight
                 */
                sort?: string;
                /**
                 * @description Only those with this status; all but the archived ones when it is absent.
                 * @example active
                 */
                status?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of ads. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdOfCampaign"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCampaignAd: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAdOfCampaign"];
            };
        };
        responses: {
            /** @description The new ad, with its `ETag`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdOfCampaign"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectCampaignDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What keeps it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignDelivery"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    duplicateProjectCampaign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The copy, with its `ETag`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignOverview"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectCampaignStatistics: {
        parameters: {
            query?: {
                /**
                 * @description `none` leaves days without events out; `zero`, as when it is absent, lists them.
                 * @example none
                 */
                fill?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it delivered and spent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProjectCampaigns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CampaignsTogether"];
            };
        };
        responses: {
            /** @description The campaigns as they are now, in the order of the ids. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CampaignOverview"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listChannelRules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules, in the order in which they are tried. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelRules"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testChannelRules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChannelVisit"];
            };
        };
        responses: {
            /** @description What the rules say. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelVerdict"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectClients: {
        parameters: {
            query?: {
                /**
                 * @description Only those of this age and older.
                 * @example 25
                 */
                age_from?: number;
                /**
                 * @description Only those of this age and younger.
                 * @example 40
                 */
                age_to?: number;
                /**
                 * @description Only those of this gender.
                 * @example FEMALE
                 */
                gender?: string;
                /**
                 * @description Only those who are exactly there.
                 * @example Moscow
                 */
                location?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose login contains this, to the letter.
                 * @example anna
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description By id (as when it is absent), by login, or the youngest first.
                 * @example login
                 */
                sort?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of clients. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createProjectClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClient"];
            };
        };
        responses: {
            /** @description The new client, with their `ETag`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                clientId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseClientOfProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                clientId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Erased. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProjectClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                clientId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientPatch"];
            };
        };
        responses: {
            /** @description The client as they are now, with their `ETag`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    showAdToClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                clientId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ad. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ad"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clickForClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                clientId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Noted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRandomProjectClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A client. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectCreatives: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose title or text contains this, in any case.
                 * @example bear
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description Newest first (as when it is absent), or by title.
                 * @example title
                 */
                sort?: string;
                /**
                 * @description `active`, as when it is absent, or `archived`.
                 * @example active
                 */
                status?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of creatives. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreativeShown"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createProjectCreative: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreativeWords"];
            };
        };
        responses: {
            /** @description The new creative, with its `ETag`. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreativeShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectCreative: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The creative.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                creativeId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The creative. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreativeShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeProjectCreative: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The creative.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                creativeId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreativeShownChange"];
            };
        };
        responses: {
            /** @description The creative as it is now, with its `ETag`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreativeShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectCreativeStatistics: {
        parameters: {
            query?: {
                /**
                 * @description `none` leaves days without events out; `zero`, as when it is absent, lists them.
                 * @example none
                 */
                fill?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The creative.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                creativeId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What they delivered and spent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDashboards: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of dashboards. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DashboardTerms"];
            };
        };
        responses: {
            /** @description The new dashboard. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dashboard. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DashboardTerms"];
            };
        };
        responses: {
            /** @description The dashboard as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDashboardData: {
        parameters: {
            query?: {
                /**
                 * @description `previous_period` or `previous_year`.
                 * @example previous_period
                 */
                compare_to?: string;
                /**
                 * @description The first day.
                 * @example 2026-11-01
                 */
                date_from?: string;
                /**
                 * @description The last day.
                 * @example 2026-11-21
                 */
                date_to?: string;
                /**
                 * @description As in reports, besides the dashboard's.
                 * @example channel:paid_search
                 */
                filter?: string;
                /**
                 * @description Instead of `date_from`.
                 * @example 7d
                 */
                window?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A report or a problem for each widget. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SheetAnswers"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    duplicateDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The copy. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDashboardLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The links. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    shareDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new link. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unshareDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The dashboard.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                dashboardId: string;
                /**
                 * @description The link.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f
                 */
                linkId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewDecision: {
        parameters: {
            query: {
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                client_id: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only campaigns whose name, or whose title for that client, contains this, in any case.
                 * @example bear
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of campaigns. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionCandidate"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventBatch"];
            };
        };
        responses: {
            /** @description They are kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsTaken"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFiles: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of files. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    uploadFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        /** @description The image. */
        requestBody: {
            content: {
                /** @example (bytes) */
                "application/octet-stream": number[];
            };
        };
        responses: {
            /** @description The file with these bytes that is there already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            /** @description The new file. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The file.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                fileId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The file.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                fileId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listImports: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of imports. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importFile: {
        parameters: {
            query: {
                /**
                 * @description A JSON object: fields, and the columns that hold them, where the guess is wrong; of an empty name: none does.
                 * @example {"net": "Total paid"}
                 */
                columns?: string;
                /**
                 * @description A JSON object: fields, and what they are in rows that say nothing.
                 * @example {"currency": "EUR"}
                 */
                constants?: string;
                /**
                 * @description What it is called.
                 * @example shop.csv
                 */
                file_name?: string;
                /**
                 * @description What the file holds.
                 * @example orders
                 */
                kind: string;
                /**
                 * @description IANA name, for dates without an offset; the project's when absent.
                 * @example Europe/Moscow
                 */
                time_zone?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        /** @description The file. */
        requestBody: {
            content: {
                /**
                 * @example order_id,date,total,currency
                 *     1,2026-11-01,1500.50,RUB
                 */
                "application/octet-stream": number[];
            };
        };
        responses: {
            /** @description The file is kept and will be imported. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportAccepted"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The file is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getImportRejects: {
        parameters: {
            query?: {
                /**
                 * @description `csv`, as when it is absent, or `json`.
                 * @example json
                 */
                format?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The job that imported the file.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                jobId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rejected rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRejects"];
                    /** @example line,field,code,reason */
                    "text/csv": string;
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewImport: {
        parameters: {
            query: {
                /**
                 * @description A JSON object: fields, and the columns that hold them; of an empty name: none does.
                 * @example {"net": "Total paid"}
                 */
                columns?: string;
                /**
                 * @description What the file holds.
                 * @example orders
                 */
                kind: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        /** @description The beginning of the file. */
        requestBody: {
            content: {
                /**
                 * @example order_id,date,total,currency
                 *     1,2026-11-01,1500.50,RUB
                 */
                "application/octet-stream": number[];
            };
        };
        responses: {
            /** @description What it is taken for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportPreview"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The invitations, at most 100. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationCreate"];
            };
        };
        responses: {
            /** @description It is in the mail. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invitation.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                invitationId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Withdrawn. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectJobs: {
        parameters: {
            query?: {
                /**
                 * @description Only those asked for before this instant.
                 * @example 2026-12-01T00:00:00Z
                 */
                before?: string;
                /**
                 * @description Only those asked for from this instant on.
                 * @example 2026-11-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Only those of this kind.
                 * @example invitation.mail
                 */
                kind?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description Only those in this state.
                 * @example dead
                 */
                state?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of jobs. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                jobId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelProjectJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                jobId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryProjectJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                jobId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of keys. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyCreate"];
            };
        };
        responses: {
            /** @description The new key. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The key.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                keyId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of members. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectMember"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setMemberRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The member.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberRole"];
            };
        };
        responses: {
            /** @description What they may do now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberRole"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The member.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    batchReports: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchQuestion"];
            };
        };
        responses: {
            /** @description A report or a problem for each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainChanges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangesQuestion"];
            };
        };
        responses: {
            /** @description The difference and what made it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesAnswer"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getExport: {
        parameters: {
            query?: {
                /**
                 * @description `csv` (when absent), `xlsx` or `parquet`.
                 * @example csv
                 */
                format?: string;
                /**
                 * @description Names of dimensions.
                 * @example channel
                 */
                group_by?: string;
                /**
                 * @description Names of metrics.
                 * @example cost,revenue,romi
                 */
                metrics?: string;
                /**
                 * @description `1h`, `1d`, `7d`, `30d`.
                 * @example 7d
                 */
                window?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example channel,cost
                     *     email,0
                     */
                    "text/csv": string;
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postExport: {
        parameters: {
            query?: {
                /**
                 * @description `csv` (when absent), `xlsx` or `parquet`.
                 * @example csv
                 */
                format?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReportQuestion"];
            };
        };
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example channel,cost
                     *     email,0
                     */
                    "text/csv": string;
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReport: {
        parameters: {
            query?: {
                /**
                 * @description `previous_period` or `previous_year`.
                 * @example previous_period
                 */
                compare_to?: string;
                /**
                 * @description ISO 4217.
                 * @example RUB
                 */
                currency?: string;
                /**
                 * @description The first day.
                 * @example 2026-11-01
                 */
                date_from?: string;
                /**
                 * @description The last day; today when absent.
                 * @example 2026-11-21
                 */
                date_to?: string;
                /**
                 * @description Of attribution: `conversion` or `touch`.
                 * @example conversion
                 */
                dated_by?: string;
                /**
                 * @description `dimension:value`, or `dimension!:value` for all others; values parted by commas. Several times: all hold.
                 * @example channel:paid_search,paid_social
                 */
                filter?: string;
                /**
                 * @description Names of dimensions, parted by commas, or several times.
                 * @example channel
                 */
                group_by?: string;
                /**
                 * @description Whether refunds are taken off revenue.
                 * @example true
                 */
                is_net_of_refunds?: boolean;
                /**
                 * @description Most rows.
                 * @example 100
                 */
                limit?: number;
                /**
                 * @description Of attribution.
                 * @example 30
                 */
                lookback_days?: number;
                /**
                 * @description Names, parted by commas, or several times.
                 * @example cost,revenue,romi
                 */
                metrics?: string;
                /**
                 * @description Of attribution: `last_non_direct`, `last_touch`, `first_touch`, `linear`.
                 * @example last_non_direct
                 */
                model?: string;
                /**
                 * @description Names, with `-` for the largest first.
                 * @example -revenue
                 */
                sort?: string;
                /**
                 * @description Instead of `date_from`: `1h`, `1d`, `7d`, `30d`.
                 * @example 7d
                 */
                window?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportAnswer"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReportQuestion"];
            };
        };
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportAnswer"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What can be asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Catalogue"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReportSettings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportSettings"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setReportSettings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReportSettings"];
            };
        };
        responses: {
            /** @description The settings as they are now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportSettings"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restoreProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The project as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSavedReports: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of saved reports. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedReport"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSavedReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedReportTerms"];
            };
        };
        responses: {
            /** @description The saved report. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedReport"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSavedReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The report.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                savedReportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The saved report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedReport"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeSavedReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The report.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                savedReportId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedReportTerms"];
            };
        };
        responses: {
            /** @description The saved report as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedReport"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSavedReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The report.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                savedReportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody has changed it since the version in `If-Match`. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSavedReportData: {
        parameters: {
            query?: {
                /**
                 * @description `previous_period` or `previous_year`.
                 * @example previous_period
                 */
                compare_to?: string;
                /**
                 * @description The first day.
                 * @example 2026-11-01
                 */
                date_from?: string;
                /**
                 * @description The last day.
                 * @example 2026-11-21
                 */
                date_to?: string;
                /**
                 * @description As in reports, besides its own.
                 * @example channel:paid_search
                 */
                filter?: string;
                /**
                 * @description Instead of `date_from`.
                 * @example 7d
                 */
                window?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The report.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                savedReportId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One answer, of the widget `report`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SheetAnswers"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectDay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Today. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentDate"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    advanceProjectDay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DayWanted"] | null;
            };
        };
        responses: {
            /** @description Today, from now on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentDate"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjectTransactions: {
        parameters: {
            query?: {
                /**
                 * @description Only this advertiser's.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiser_id?: string;
                /**
                 * @description Only those of this day and later.
                 * @example 2026-11-01
                 */
                date_from?: string;
                /**
                 * @description Only those of this day and earlier.
                 * @example 2026-11-30
                 */
                date_to?: string;
                /**
                 * @description Only those of this kind.
                 * @example top_up
                 */
                kind?: string;
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose note or key contains this, to the letter.
                 * @example Invoice 7
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description The latest day first (as when it is absent), the earliest, or the largest amount.
                 * @example latest
                 */
                sort?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of transactions. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjectTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The transaction.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                transactionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project is archived. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All webhooks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookCreate"];
            };
        };
        responses: {
            /** @description The new webhook. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookShown"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The webhook.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The webhook.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The webhook.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPatch"];
            };
        };
        responses: {
            /** @description The webhook as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
                /**
                 * @description Only those.
                 * @example failed
                 */
                state?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The webhook.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The message.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5f
                 */
                deliveryId: string;
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The webhook.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is on its way again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pingWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The webhook.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The project.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                projectId: string;
                /**
                 * @description The webhook.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5e
                 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSharedDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The link's token.
                 * @example q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E
                 */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dashboard. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedDashboard"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSharedDashboardData: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The link's token.
                 * @example q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E
                 */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A report or a problem for each widget. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SheetAnswers"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description Which page, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Only those whose e-mail or name contains this, in any case.
                 * @example anna
                 */
                search?: string;
                /**
                 * @description Rows on a page; 50 when absent.
                 * @example 50
                 */
                size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users. */
            200: {
                headers: {
                    /** @description RFC 8288: next and prev. */
                    Link?: string;
                    /** @description Rows in the whole list. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            /** @description The user as they are now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How things stand, it cannot be done; `code` says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows, or too many attempts have failed; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followAdLink: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `prefetch`: nobody has clicked yet.
                 * @example prefetch
                 */
                "Sec-Purpose"?: string | null;
                /**
                 * @description What the browser calls itself.
                 * @example Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0
                 */
                "User-Agent"?: string | null;
            };
            path: {
                /**
                 * @description The end of a `click_url`.
                 * @example AQGW8KRdbHxemxwPLWo7TF0BlvCkXWx8XpscDy1qO0xdQlSVr_d49M_0qAio-PGuLvLnT_JrAWqb6cQ
                 */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description On to the landing page. */
            302: {
                headers: {
                    /** @description The landing page, with `bclid` and UTM. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getClientById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client.
                 * @example 425495af-f78e-4cff-a808-e8f1a1973ff2
                 */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Erased. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upsertClients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Client"][];
            };
        };
        responses: {
            /** @description The clients as they are now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    loadFile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag of what one has.
                 * @example "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d"
                 */
                "If-None-Match"?: string | null;
                /**
                 * @description One range of bytes.
                 * @example bytes=0-1023
                 */
                Range?: string | null;
            };
            path: {
                /**
                 * @description What it is called: the end of its `image_url`.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d.png
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The image. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example (bytes) */
                    "image/jpeg": number[];
                    /** @example (bytes) */
                    "image/png": number[];
                };
            };
            /** @description The part of it that `Content-Range` names. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example (bytes) */
                    "image/jpeg": number[];
                    /** @example (bytes) */
                    "image/png": number[];
                };
            };
            /** @description It is the one that `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It ends before the range begins; `Content-Range` tells its length. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text format, version 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example barker_decisions_total{outcome="new"} 42 */
                    "text/plain": string;
                };
            };
        };
    };
    upsertMLScore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MLScore"];
            };
        };
        responses: {
            /** @description The score is set, and the next ad takes it into account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upsertMLScores: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MLScore"][];
            };
        };
        responses: {
            /** @description The scores are set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScoresSet"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The database answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description It does not. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdvertiserCampaignsStats: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What they delivered and spent together. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdvertiserDailyStats: {
        parameters: {
            query?: {
                /**
                 * @description `none` leaves days without events out; `zero`, as when it is absent, lists them.
                 * @example none
                 */
                fill?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The advertiser.
                 * @example addf3407-9265-44b8-8e7e-6b015f63c47d
                 */
                advertiserId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What they delivered and spent together, by day. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DailyStats"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCampaignStats: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it delivered and spent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCampaignDailyStats: {
        parameters: {
            query?: {
                /**
                 * @description `none` leaves days without events out; `zero`, as when it is absent, lists them.
                 * @example none
                 */
                fill?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The campaign.
                 * @example 0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d
                 */
                campaignId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it delivered and spent, by day. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DailyStats"][];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Today. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentDate"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    advanceDay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DayWanted"] | null;
            };
        };
        responses: {
            /** @description Today, from now on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentDate"];
                };
            };
            /** @description The request is not valid; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not say, or not rightly, who sends it. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whoever sends it may not do that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the request names does not exist, or there is nothing to show. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A live project has real time. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too long. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More requests have come than the limit allows; try again after `Retry-After`. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server has more work than it accepts, or its database does not answer; try again after `Retry-After`. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
